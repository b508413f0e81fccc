//! The curves as Markdown.

use std::fmt::Write;

use super::networks::STEP_TOLERANCE;
use super::{Curve, Step};
use crate::harness::{Excluded, Protocol, Row};
use crate::report::{duration, left_out, number, table_of, timing};
use crate::versions::Versions;

pub fn markdown(protocol: &Protocol, versions: &Versions, curves: &[Curve], excluded: &[Excluded]) -> String {
    let mut text = String::from("# Cost against size\n\n![GFLOP/s against width and batch](curves.svg)\n\n");
    text += &method(protocol);
    text += &steps(curves);
    for curve in curves {
        text += &table(curve);
    }
    text += &left_out(excluded);
    text += &table_of(versions);
    text
}

fn method(protocol: &Protocol) -> String {
    format!(
        "*Width*: networks n-n-n, relu throughout, mean squared error, batch 64, each compiled for its n. *Batch*: \
784-128-10, relu and softmax, cross-entropy, one network that declares `batch 128`, given batches of all lengths. SGD, \
`f32`. Operations are those of the matrix products, two for a multiply-add, without the gradient with respect to the \
inputs, which is not needed.\n\n\
{} All Rust code is built with `-C target-cpu=native`. MKL, OpenBLAS and gemm multiply the matrices; the rest of \
their step is written by hand. Steps are compared within {:.0e}: among some 1e5 units, rounding switches a relu \
at 0 on or off.\n",
        timing(protocol),
        STEP_TOLERANCE
    )
}

/// Where the curves are steep.
fn steps(curves: &[Curve]) -> String {
    let mut text = String::from(
        "\n## Steps\n\n\
*Rise* is the greatest factor by which an operation costs more at a size than at the size before it. *Excess* is the \
greatest cost of a call over that of a call of a larger size: above 1, padding to the larger size is faster.\n\n\
| curve | contender | rise | from → to | excess | of → over |\n|---|---|---:|---:|---:|---:|\n",
    );
    let cells = |step: Option<Step>| {
        step.map_or("| ".into(), |step| format!("{} | {} → {}", number(step.factor), step.from, step.to))
    };
    for curve in curves {
        for name in curve.contenders() {
            let (rise, excess) = (cells(curve.rise(name)), cells(curve.excess(name)));
            let _ = writeln!(text, "| {} | {name} | {rise} | {excess} |", curve.name());
        }
    }
    text
}

fn table(curve: &Curve) -> String {
    let names: Vec<_> = curve.contenders().collect();
    let mut text = format!("\n## {}\n\n| {} | our time |", curve.name(), curve.axis);
    for name in &names {
        let _ = write!(text, " {name}, GFLOP/s |");
    }
    let _ = write!(text, " peak |\n|---:|---:|{}---:|\n", "---:|".repeat(names.len()));
    for row in &curve.rows {
        let time = duration(row.median(&row.timed[0]));
        let _ = write!(text, "| {} | {time} |", (curve.size)(row.workload));
        for name in &names {
            let _ = write!(text, " {} |", speed(row, name));
        }
        let _ = writeln!(text, " {:.0} |", row.peak());
    }
    text
}

fn speed(row: &Row, name: &str) -> String {
    let timed = row.timed.iter().find(|timed| timed.name == name);
    timed.map_or(String::new(), |timed| number(row.workload.operations(row.pass) / row.median(timed)))
}
