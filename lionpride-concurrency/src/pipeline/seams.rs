//! What a stage does with the sync work around it.

/// Whether a stage takes the work that waits before it into its own, and whether it leaves work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seams {
    pub(super) joins: bool,
    /// Where no work waits before it, and where some does.
    leaves: [bool; 2],
}

impl Seams {
    /// It settles what is before it, and gives a value.
    pub(crate) const CLOSED: Self = Self { joins: false, leaves: [false; 2] };
    /// It becomes a part of the work before it, or begins some.
    pub(crate) const SYNC: Self = Self { joins: true, leaves: [true; 2] };
    /// It becomes a part of the work before it, if there is any.
    pub(crate) const INLINE: Self = Self { joins: true, leaves: [false, true] };

    /// Whether work waits behind it.
    pub(super) fn leave(self, is_waiting: bool) -> bool {
        self.leaves[usize::from(is_waiting)]
    }

    /// Those of both together.
    pub(super) fn then(self, next: Self) -> Self {
        let joins = if self == Self::INLINE { next.joins } else { self.joins };
        Self { joins, leaves: self.leaves.map(|is_waiting| next.leave(is_waiting)) }
    }
}
