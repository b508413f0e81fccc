//! What was measured, as a picture: time relative to ours, a line for each pass.

use std::path::Path;

use plotters::prelude::*;

use crate::Outcome;
use crate::harness::Row;

pub fn draw(rows: &[Row], file: &Path) -> Outcome {
    let names = contenders(rows);
    let height = (34 * rows.len() + 100).max(18 * names.len() + 90) as u32;
    let area = SVGBackend::new(file, (1100, height)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(130)
        .build_cartesian_2d(span(rows).log_scale(), -0.7..rows.len() as f64 - 0.3)?;
    let label = |y: &f64| rows.iter().rev().nth(y.round() as usize).map_or(String::new(), Row::name);
    chart
        .configure_mesh()
        .x_desc("time / our time in the same round: median and quartiles, logarithmic")
        .y_labels(rows.len())
        .y_label_formatter(&label)
        .x_label_formatter(&|x| format!("{x}"))
        .light_line_style(WHITE)
        .draw()?;
    chart.draw_series([PathElement::new([(1.0, -0.7), (1.0, rows.len() as f64 - 0.3)], BLACK)])?;
    for (index, name) in names.iter().enumerate() {
        let points: Vec<_> = points(rows, name).collect();
        chart.draw_series(points.iter().map(|&([low, _, high], y)| {
            PathElement::new(vec![(low, y), (high, y)], colour(index).stroke_width(1))
        }))?;
        chart
            .draw_series(points.iter().map(|&([_, ratio, _], y)| marker(index, (ratio, y))))?
            .label(*name)
            .legend(move |(x, y)| marker(index, (x + 10, y)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE)
        .legend_area_size(20)
        .border_style(BLACK.mix(0.3))
        .draw()?;
    area.present()?;
    Ok(())
}

/// All but ours, in the order of their first appearance.
fn contenders(rows: &[Row]) -> Vec<&str> {
    let mut names = Vec::new();
    for timed in rows.iter().flat_map(|row| &row.timed[1..]) {
        if !names.contains(&&*timed.name) {
            names.push(&*timed.name);
        }
    }
    names
}

/// Quartiles and the height of the line of each row that has the contender.
fn points<'a>(rows: &'a [Row], name: &'a str) -> impl Iterator<Item = ([f64; 3], f64)> + 'a {
    rows.iter().rev().enumerate().filter_map(move |(y, row)| {
        let timed = row.timed.iter().find(|timed| timed.name == name)?;
        Some((row.ratios(timed), y as f64))
    })
}

/// With room for the legend at the right.
fn span(rows: &[Row]) -> std::ops::Range<f64> {
    let ratios = rows.iter().flat_map(|row| row.timed.iter().flat_map(|timed| row.ratios(timed)));
    let (low, high) = ratios.fold((1.0_f64, 1.0_f64), |(low, high), x| (low.min(x), high.max(x)));
    low / 1.3..high * 1.3 * (high / low).powf(0.25)
}

fn colour(index: usize) -> RGBColor {
    let (red, green, blue) = Palette99::pick(index / 2).rgb();
    RGBColor(red, green, blue)
}

/// Full and hollow in turn: there are more contenders than colours that are easily told apart.
fn marker<C>(index: usize, at: C) -> Circle<C, i32> {
    let colour = colour(index);
    Circle::new(at, 4, if index.is_multiple_of(2) { colour.filled() } else { colour.stroke_width(2) })
}
