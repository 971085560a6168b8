//! The ratios as a picture.

use std::error::Error;
use std::fs;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::support::Flavour;
use crate::table::Line;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Panel = (Flavour, Vec<Line>);

const WIDTH: u32 = 960;
const NAMES: u32 = 210;
const HEAD: u32 = 72;
const LINE: u32 = 26;
const FONT: &str = "system-ui, sans-serif";

/// Black becomes the colour of the text around, or, where the picture stands alone, what the
/// reader prefers. A picture in Markdown has no empty lines.
const STYLE: &str = "<style>
.hop{max-width:100%;height:auto}
.hop [fill=\"#000000\"]{fill:currentColor}
.hop [stroke=\"#000000\"]{stroke:currentColor}
.hop:root{color:#1f2328;background:#fff}
@media(prefers-color-scheme:dark){.hop:root{color:#e6edf3;background:#15191e}}
</style>";

pub(crate) fn plot(path: &str, panels: &[Panel]) -> Result<(), Box<dyn Error>> {
    let mut svg = String::new();
    let lines = panels.iter().map(|(_, lines)| lines.len()).max().unwrap_or_default();
    let size = (WIDTH, HEAD + 96 + LINE * u32::try_from(lines)?);
    draw(&SVGBackend::with_string(&mut svg, size).into_drawing_area(), panels)?;
    let svg = svg.replacen("<svg ", "<svg class=\"hop\" role=\"img\" ", 1);
    let svg = svg.replacen(">\n", &format!(">\n{STYLE}\n"), 1);
    // A label without text leaves an empty line.
    Ok(fs::write(path, svg.replace("\n\n", "\n"))?)
}

fn draw(root: &Area, panels: &[Panel]) -> Result<(), Box<dyn Error>> {
    let (head, body) = root.split_vertically(HEAD);
    let title = text(22).pos(Pos::new(HPos::Left, VPos::Top));
    head.draw(&Text::new("How much longer than run_sync the others take", (14, 12), title))?;
    let note = text(15).pos(Pos::new(HPos::Right, VPos::Top));
    let right = i32::try_from(WIDTH)? - 16;
    head.draw(&Text::new("right of the line at 1, run_sync is faster", (right, 16), note))?;
    legend(&head, panels)?;

    let range = range(panels);
    let count = u32::try_from(panels.len())?;
    let width = (WIDTH - NAMES) / count.max(1);
    let mut rest = body;
    for (at, panel) in panels.iter().enumerate() {
        // The first one has the names of the rows.
        let names = if at == 0 { NAMES } else { 0 };
        let (area, right) = rest.split_horizontally(names + width);
        draw_panel(&area, panel, names, range)?;
        rest = right;
    }
    root.present()?;
    Ok(())
}

fn draw_panel(
    area: &Area,
    (flavour, lines): &Panel,
    names: u32,
    (low, high): (f64, f64),
) -> Result<(), Box<dyn Error>> {
    let rows = i32::try_from(lines.len())?;
    let mut chart = ChartBuilder::on(area)
        .caption(flavour.name(), text(16))
        .margin_right(16)
        .x_label_area_size(44)
        .y_label_area_size(names.max(8))
        .build_cartesian_2d((low..high).log_scale(), 0..rows + 1)?;
    // Upwards: the first line is the topmost.
    let height = |at: usize| rows - i32::try_from(at).unwrap();
    let name = |y: &i32| {
        let at = usize::try_from(rows - y).ok();
        let line = at.and_then(|at| lines.get(at)).filter(|_| names > 0);
        line.map_or(String::new(), |line| line.name.clone())
    };
    chart
        .configure_mesh()
        .x_labels(30)
        .y_labels(lines.len() + 2)
        .max_light_lines(0)
        .bold_line_style(BLACK.mix(0.15))
        .axis_style(BLACK.mix(0.5))
        .label_style(text(15))
        .x_label_formatter(&|ratio| tick(*ratio))
        .y_label_formatter(&name)
        .x_desc("their time / run_sync's time (log scale)")
        .draw()?;
    let even = [(1.0, 0), (1.0, rows + 1)];
    chart.draw_series([PathElement::new(even, BLACK.stroke_width(2))])?;
    for (at, line) in lines.iter().enumerate() {
        let ratios = line.ratios.iter().enumerate();
        chart.draw_series(ratios.map(|(which, (_, ratio))| marker((*ratio, height(at)), which)))?;
    }
    Ok(())
}

fn legend(head: &Area, panels: &[Panel]) -> Result<(), Box<dyn Error>> {
    let lines = panels.iter().flat_map(|(_, lines)| lines);
    let Some(line) = lines.into_iter().next() else { return Ok(()) };
    let label = text(15).pos(Pos::new(HPos::Left, VPos::Center));
    let mut x = 20;
    for (which, (name, _)) in line.ratios.iter().enumerate() {
        let name = match *name {
            "raw" => "spawn_blocking",
            "unblock" => "blocking::unblock",
            "rayon" => "rayon::spawn and a oneshot",
            "tokio_rayon" => "tokio_rayon::spawn",
            other => other,
        };
        head.draw(&marker((x, 54), which))?;
        head.draw(&Text::new(name, (x + 12, 54), label.clone()))?;
        x += 50 + 7 * i32::try_from(name.len())?;
    }
    Ok(())
}

/// Shapes as well as colours tell them apart.
fn marker<'a, C: Clone + 'static>(at: C, which: usize) -> DynElement<'static, SVGBackend<'a>, C> {
    const COLOURS: [RGBColor; 4] = [
        RGBColor(10, 132, 198),
        RGBColor(217, 119, 6),
        RGBColor(21, 149, 112),
        RGBColor(192, 80, 156),
    ];
    let colour = COLOURS[which % COLOURS.len()];
    match which {
        0 => Circle::new(at, 5, colour.filled()).into_dyn(),
        1 => TriangleMarker::new(at, 6, colour.filled()).into_dyn(),
        2 => Circle::new(at, 5, colour.stroke_width(2)).into_dyn(),
        _ => Cross::new(at, 5, colour.stroke_width(2)).into_dyn(),
    }
}

fn text(size: u32) -> TextStyle<'static> {
    (FONT, size).into_font().color(&BLACK)
}

/// All ratios, and 1, with some room.
fn range(panels: &[Panel]) -> (f64, f64) {
    let lines = panels.iter().flat_map(|(_, lines)| lines);
    let ratios = lines.flat_map(|line| line.ratios.iter().map(|(_, ratio)| *ratio));
    let (low, high) =
        ratios.fold((1.0, 1.0), |(low, high): (f64, f64), ratio| (low.min(ratio), high.max(ratio)));
    (low / 1.25, high * 1.25)
}

/// A label at 1, 2, 5, 10, 20, ...
fn tick(ratio: f64) -> String {
    let first = ratio / 10_f64.powf(ratio.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].iter().any(|at: &f64| (first - at).abs() < 1e-3);
    if round { format!("{}", (ratio * 1e3).round() / 1e3) } else { String::new() }
}
