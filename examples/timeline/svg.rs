//! The shapes of the picture, as SVG.

use std::fmt::{Display, Write};

/// Colours that the colour-blind tell apart, for dark text on light and dark pages alike. The lines
/// have the colour of the page's text; alone in a window, where there is no page, `:root` sets it.
const STYLE: &str = "\
.timeline{max-width:100%;height:auto;font:12px system-ui,sans-serif}
.timeline text{fill:currentColor}
.timeline .head{font-size:14px;font-weight:600}
.timeline .end{text-anchor:end}
.timeline .mid{text-anchor:middle}
.timeline .faint{fill-opacity:.75}
.timeline .lane{fill:currentColor;fill-opacity:.07}
.timeline .grid{stroke:currentColor;stroke-opacity:.18}
.timeline .tick{stroke:currentColor;stroke-width:1.5}
.timeline .gap{fill:#d55e00;fill-opacity:.3}
.timeline .hop{fill:none;stroke:currentColor;stroke-width:1.2}
.timeline .in{fill:#111;font-size:11px;text-anchor:middle}
.timeline .i1{fill:#56b4e9}
.timeline .i2{fill:#e69f00}
.timeline .i3{fill:#2fb58b}
.timeline .i4{fill:#d88fb8}
.timeline:root{color:#1f2328;background:#fff}
@media(prefers-color-scheme:dark){.timeline:root{color:#e6edf3;background:#15191e}}
";

/// What is drawn so far.
pub(crate) struct Svg {
    body: String,
    width: f64,
}

/// A rectangle on the picture.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Area {
    pub(crate) fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }
}

impl Svg {
    pub(crate) fn new(width: f64) -> Self {
        Self { body: String::new(), width }
    }

    pub(crate) fn text(&mut self, class: &str, x: f64, y: f64, text: impl Display) {
        self.add(format_args!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"));
    }

    pub(crate) fn area(&mut self, class: &str, area: Area, round: f64) {
        let shape = shape(class, area, round);
        self.add(format_args!("{shape}/>"));
    }

    /// An area that tells what it is.
    pub(crate) fn titled(&mut self, class: &str, area: Area, round: f64, title: impl Display) {
        let shape = shape(class, area, round);
        self.add(format_args!("{shape}><title>{title}</title></rect>"));
    }

    /// Upright lines of one length.
    pub(crate) fn uprights(&mut self, class: &str, at: &[f64], y: f64, length: f64) {
        let mut lines = String::new();
        for x in at {
            write!(lines, "M{x:.1} {y:.1}v{length:.1}").expect("a string has room");
        }
        self.add(format_args!("<path class=\"{class}\" d=\"{lines}\"/>"));
    }

    /// This, drawn on top of another.
    pub(crate) fn over(mut self, ground: &Self) -> Self {
        self.body.insert_str(0, &ground.body);
        self
    }

    fn add(&mut self, element: impl Display) {
        writeln!(self.body, "{element}").expect("a string has room");
    }

    pub(crate) fn finish(self, height: f64, title: &str, description: &str) -> String {
        let Self { body, width } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" role=\"img\" \
             aria-labelledby=\"timeline-title timeline-text\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\">\n\
             <title id=\"timeline-title\">{title}</title>\n\
             <desc id=\"timeline-text\">{description}</desc>\n\
             <style>\n{STYLE}</style>\n{body}</svg>\n"
        )
    }
}

/// An element without its end.
fn shape(class: &str, Area { x, y, width, height }: Area, round: f64) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
         height=\"{height:.1}\" rx=\"{round}\""
    )
}
