//! Deadlines: `fail_after`, `fail_at`, `move_on_after`, `move_on_at`, `effective_deadline`.

mod deadline;
mod nested;
mod outcome;
