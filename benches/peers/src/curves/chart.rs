//! The curves as a picture, a panel for each.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::Curve;
use crate::Outcome;

const COLOURS: [RGBColor; 4] =
    [RGBColor(220, 20, 60), RGBColor(30, 130, 60), RGBColor(20, 90, 190), RGBColor(210, 120, 0)];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

pub fn draw(curves: &[Curve], file: &Path) -> Outcome {
    let area = SVGBackend::new(file, (1100, 380 * curves.len().div_ceil(2) as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    let panels = area.split_evenly((curves.len().div_ceil(2), 2));
    for (curve, panel) in curves.iter().zip(&panels) {
        draw_curve(curve, panel)?;
    }
    area.present()?;
    Ok(())
}

fn draw_curve(curve: &Curve, panel: &Area<'_>) -> Outcome {
    let sizes: Vec<_> = curve.rows.iter().map(|row| (curve.size)(row.workload) as f64).collect();
    let (Some(first), Some(last)) = (sizes.first(), sizes.last()) else { return Ok(()) };
    let peaks: Vec<_> = sizes.iter().copied().zip(curve.rows.iter().map(|row| row.peak())).collect();
    let top = peaks.iter().fold(0.0, |top: f64, &(_, peak)| top.max(peak));
    let mut chart = ChartBuilder::on(panel)
        .caption(curve.name(), ("sans-serif", 16))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(50)
        .build_cartesian_2d((first / 1.1..last * 1.1).log_scale().base(2.0), 0.0..top * 1.05)?;
    chart
        .configure_mesh()
        .x_desc(format!("{}, logarithmic", curve.axis))
        .y_desc("GFLOP/s")
        .x_labels(14)
        .x_label_formatter(&|x| format!("{x}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .light_line_style(WHITE)
        .draw()?;
    let grey = BLACK.mix(0.4);
    chart
        .draw_series(DashedLineSeries::new(peaks, 4, 4, grey.stroke_width(1)))?
        .label("peak")
        .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], grey));
    for (index, name) in curve.contenders().enumerate() {
        // Ours is thicker.
        let style = COLOURS[index % COLOURS.len()].stroke_width(if index == 0 { 3 } else { 1 });
        let points: Vec<_> =
            curve.points(name).iter().map(|point| (point.size as f64, point.speed)).collect();
        chart
            .draw_series(LineSeries::new(points, style.filled()).point_size(if index == 0 { 3 } else { 2 }))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .legend_area_size(20)
        .border_style(BLACK.mix(0.3))
        .draw()?;
    Ok(())
}
