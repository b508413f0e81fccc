//! `--plot`: the losses of the epochs as a picture.

use plotters::prelude::{
    BLACK, BLUE, ChartBuilder, Color, IntoDrawingArea, LineSeries, PathElement, RED, RGBColor, SVGBackend,
    WHITE,
};

use super::progress::Line;

/// Width and height.
const SIZE: (u32, u32) = (720, 420);

/// A curve: its name, its colour and its points.
type Curve = (&'static str, RGBColor, Vec<(f64, f64)>);

/// The picture; none if there are no finite losses.
pub(super) fn picture(lines: &[Line]) -> Option<String> {
    let curve = |of: &dyn Fn(&Line) -> Option<f64>| -> Vec<(f64, f64)> {
        let points = lines.iter().filter_map(|line| Some((line.epoch as f64, of(line)?)));
        points.filter(|(_, loss)| loss.is_finite()).collect()
    };
    let curves: [Curve; 2] = [
        ("training", BLUE, curve(&|line| Some(line.loss))),
        ("validation", RED, curve(&|line| line.validation)),
    ];
    let losses = || curves.iter().flat_map(|(_, _, points)| points).map(|(_, loss)| *loss);
    let (least, most) = losses().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    let (first, last) = (lines.first()?.epoch as f64, lines.last()?.epoch as f64);
    if !least.is_finite() {
        return None;
    }
    let mut text = String::new();
    draw(
        &mut text,
        curves,
        [first, last.max(first + 1.0)],
        [least.min(0.0), most + 0.05 * (most - least).max(1e-9)],
    )
    .ok()?;
    Some(text)
}

fn draw(
    text: &mut String,
    curves: [Curve; 2],
    [first, last]: [f64; 2],
    [least, most]: [f64; 2],
) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(text, SIZE).into_drawing_area();
    area.fill(&WHITE).map_err(|error| error.to_string())?;
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(first..last, least..most)
        .map_err(|error| error.to_string())?;
    let mut mesh = chart.configure_mesh();
    mesh.x_desc("epoch").y_desc("loss").light_line_style(WHITE).draw().map_err(|error| error.to_string())?;
    for (name, colour, points) in curves.into_iter().filter(|(_, _, points)| !points.is_empty()) {
        let series = LineSeries::new(points, colour.stroke_width(2));
        let drawn = chart.draw_series(series).map_err(|error| error.to_string())?;
        drawn.label(name).legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour));
    }
    chart
        .configure_series_labels()
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()
        .map_err(|error| error.to_string())?;
    area.present().map_err(|error| error.to_string())?;
    Ok(())
}
