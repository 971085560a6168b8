//! Draws the runs below each other, on one scale.

use std::thread::ThreadId;

use crate::record::{Bar, MARGIN, Run, TICK};
use crate::svg::{Area, Svg};

const WIDTH: f64 = 960.0;
/// Where time begins; the names of the lanes are left of it.
const LEFT: f64 = 170.0;
const RIGHT: f64 = 14.0;
const HEAD: f64 = 26.0;
const TICKS: f64 = 18.0;
const STAGES: f64 = 28.0;
const WAIT: f64 = 6.0;
const SPACE: f64 = 5.0;

/// The picture of the runs.
pub(crate) fn draw(runs: &[Run]) -> String {
    let mut picture = Picture::new(runs);
    legend(&mut picture.svg);
    let mut y = 40.0;
    for run in runs {
        y = picture.panel(run, y) + 16.0;
    }
    let axis = picture.axis(40.0 + HEAD, y - 10.0);
    let svg = picture.svg.over(&axis);
    svg.finish(y + 30.0, "One job, run in three ways", &description(runs))
}

/// For who does not see it.
fn description(runs: &[Run]) -> String {
    let told: Vec<_> =
        runs.iter().map(|run| format!("{}: {}.", run.title, run.summary())).collect();
    format!("A lane for each thread, a bar for each stage, by time. {}", told.join(" "))
}

fn legend(svg: &mut Svg) {
    let y = 8.0;
    let mut x = 10.0;
    for item in 1..=4u8 {
        svg.area(&format!("i{item}"), Area::new(x, y, 14.0, 14.0), 2.0);
        svg.text("", x + 20.0, y + 11.0, format_args!("item {item}"));
        x += 72.0;
    }
    svg.area("hop", Area::new(x + 10.0, y, 22.0, 14.0), 4.0);
    svg.text("", x + 38.0, y + 11.0, "one hop to the pool");
    svg.area("faint i1", Area::new(x + 178.0, y + 5.0, 24.0, 4.0), 2.0);
    svg.text("", x + 208.0, y + 11.0, "async: waits, holds no thread");
    svg.uprights("tick", &[x + 406.0, x + 413.0, x + 420.0], y + 1.0, 12.0);
    svg.text("", x + 428.0, y + 11.0, "another task ticks");
    svg.area("gap", Area::new(x + 556.0, y, 22.0, 14.0), 2.0);
    svg.text("", x + 584.0, y + 11.0, "held up");
}

struct Picture {
    svg: Svg,
    /// Pixels of a second.
    unit: f64,
    /// The longest run, in seconds.
    longest: f64,
}

impl Picture {
    fn new(runs: &[Run]) -> Self {
        let longest = runs.iter().map(|run| run.until - run.from).fold(TICK, f64::max);
        let unit = (WIDTH - LEFT - RIGHT) / (longest + 2.0 * MARGIN);
        Self { svg: Svg::new(WIDTH), unit, longest }
    }

    /// So many seconds after the beginning of a run.
    fn x(&self, seconds: f64) -> f64 {
        LEFT + (seconds + MARGIN) * self.unit
    }

    /// Draws a run from `y` on, and tells where it ends.
    fn panel(&mut self, run: &Run, y: f64) -> f64 {
        self.svg.text("head", 10.0, y + 12.0, run.title);
        self.svg.text("end faint", WIDTH - RIGHT, y + 12.0, run.summary());
        let worker = run.bars.iter().find(|bar| bar.is_async()).map(|bar| bar.threads[0]);
        let (own, others): (Vec<_>, Vec<_>) =
            run.lanes().into_iter().partition(|lane| Some(*lane) == worker);
        let mut y = self.worker(run, own.first().copied(), y + HEAD) + SPACE;
        for (number, thread) in (1..).zip(others) {
            self.lane(run, y, STAGES);
            self.svg.text("", 10.0, y + 18.0, format_args!("blocking thread {number}"));
            self.stages(run, thread, y);
            y += STAGES + SPACE;
        }
        y
    }

    /// The lane of the async worker: ticks, the stages that it runs itself, and those it awaits.
    fn worker(&mut self, run: &Run, own: Option<ThreadId>, y: f64) -> f64 {
        let waits = f64::from(run.items()) * WAIT + 2.0;
        let stages = if own.is_some() { STAGES } else { 0.0 };
        self.lane(run, y, TICKS + stages + waits);
        self.svg.text("", 10.0, y + 13.0, "async worker");
        self.row("ticks", y + 13.0);
        self.ticks(run, y);
        if let Some(own) = own {
            self.row("stages", y + TICKS + 18.0);
            self.stages(run, own, y + TICKS);
        }
        let y = y + TICKS + stages;
        self.row("ask (async)", y + waits / 2.0 + 2.0);
        for bar in run.bars.iter().filter(|bar| bar.is_async()) {
            let row = f64::from(bar.item - 1) * WAIT;
            self.bar(run, bar, y + row, WAIT - 2.0);
        }
        y + waits
    }

    fn row(&mut self, name: &str, y: f64) {
        self.svg.text("end faint", LEFT - 8.0, y, name);
    }

    /// The ground of a lane, as long as was recorded.
    fn lane(&mut self, run: &Run, y: f64, height: f64) {
        let width = self.x(run.until - run.from + MARGIN) - LEFT;
        self.svg.area("lane", Area::new(LEFT, y, width, height), 3.0);
    }

    fn ticks(&mut self, run: &Run, y: f64) {
        let at: Vec<_> = run.ticks.iter().map(|tick| self.x(tick - run.from)).collect();
        self.svg.uprights("tick", &at, y + 3.0, TICKS - 6.0);
        for (pair, at) in run.ticks.windows(2).zip(at.windows(2)) {
            let gap = pair[1] - pair[0];
            if gap > 3.0 * TICK {
                self.gap(gap, Area::new(at[0], y + 1.0, at[1] - at[0], TICKS - 2.0));
            }
        }
    }

    fn gap(&mut self, seconds: f64, area: Area) {
        self.svg.area("gap", area, 2.0);
        let middle = area.x + area.width / 2.0;
        let text = format!("no tick for {:.1} ms", seconds * 1e3);
        if fits(&text, area.width) {
            self.svg.text("mid", middle, area.y + 12.0, text);
        }
    }

    /// The sync stages of a thread, and the hops around them.
    fn stages(&mut self, run: &Run, thread: ThreadId, y: f64) {
        let lane = run.lane(thread);
        let height = STAGES - 10.0;
        for bar in &lane {
            let area = self.bar(run, bar, y + 5.0, height);
            if fits(bar.stage, area.width) {
                self.svg.text("in", area.x + area.width / 2.0, area.y + 13.0, bar.stage);
            }
        }
        for hop in run.hops(&lane) {
            let (from, until) = (hop[0].from, hop[hop.len() - 1].until);
            let x = self.x(from - run.from);
            // Hops next to each other are not to touch.
            let width = ((until - from) * self.unit - 1.6).max(1.0);
            self.svg.area("hop", Area::new(x + 0.4, y + 3.5, width, height + 3.0), 3.0);
        }
    }

    fn bar(&mut self, run: &Run, bar: &Bar, y: f64, height: f64) -> Area {
        let seconds = bar.until - bar.from;
        let width = (seconds * self.unit - 0.5).max(0.5);
        let area = Area::new(self.x(bar.from - run.from), y, width, height);
        let title = format!("{} of item {}: {:.2} ms", bar.stage, bar.item, seconds * 1e3);
        self.svg.titled(&format!("bar i{}", bar.item), area, 1.5, title);
        area
    }

    /// The axis of time below `bottom`, and its lines through all that is above.
    fn axis(&self, top: f64, bottom: f64) -> Svg {
        let mut svg = Svg::new(WIDTH);
        let steps = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];
        let all = self.longest * 1e3;
        let step = steps.into_iter().find(|step| all / step <= 12.0).unwrap_or(all);
        let mut at = Vec::new();
        let mut time = 0.0;
        while time <= all {
            let x = self.x(time / 1e3);
            svg.text("mid", x, bottom + 22.0, format_args!("{time:.0}"));
            at.push(x);
            time += step;
        }
        svg.uprights("grid", &at, top, bottom - top + 8.0);
        svg.text("end", LEFT - 8.0, bottom + 22.0, "ms since the items came");
        svg
    }
}

/// Whether a text has room, as wide as its letters are in most fonts.
fn fits(text: &str, width: f64) -> bool {
    let letters = u32::try_from(text.len()).unwrap_or(u32::MAX);
    f64::from(letters) * 6.2 + 6.0 <= width
}
