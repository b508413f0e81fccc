//! What was measured, as Markdown.

use std::fmt::Write;

use crate::harness::{Excluded, Protocol, Row, quartiles};
use crate::versions::Versions;
use crate::workloads::{Ending, Float, Rule, Workload};

pub fn markdown(
    name: &str,
    protocol: &Protocol,
    versions: &Versions,
    rows: &[Row],
    excluded: &[Excluded],
) -> String {
    let title = if cfg!(feature = "native") { "Benchmarks" } else { "Benchmarks of baseline builds" };
    let mut text = format!("# {title}\n\n![Times relative to ours]({name}.svg)\n\n");
    text += &method(protocol);
    text += &table_of(versions);
    for row in rows {
        text += &table(row);
    }
    text += &left_out(excluded);
    text
}

/// A section, where there are any.
pub fn left_out(excluded: &[Excluded]) -> String {
    if excluded.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n## Left out\n\n| workload | contender | why |\n|---|---|---|\n");
    for Excluded { workload, name, reason } in excluded {
        let _ = writeln!(text, "| {workload} | {name} | {reason} |");
    }
    text
}

/// What ours took, a line for each pass, and how many times as long others took.
pub fn lines(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let ours = &row.timed[0];
        let [low, time, high] = quartiles(ours.nanoseconds.clone()).map(duration);
        let part = 100.0 * row.fraction(ours);
        let _ = writeln!(text, "{:16} {time:>8} ({low} – {high}), {part:.1} % of the peak", row.name());
        for other in row.timed.iter().skip(1) {
            let ([low, ratio, high], time) = (row.ratios(other), duration(row.median(other)));
            let _ = writeln!(text, "  {:14} {time:>8}, {ratio:.2} × ({low:.2} – {high:.2})", other.name);
        }
    }
    text
}

/// A section.
pub fn table_of(versions: &Versions) -> String {
    let mut text = String::from("\n## Versions\n\n| what | version |\n|---|---|\n");
    for (name, version) in versions {
        let _ = writeln!(text, "| {name} | {version} |");
    }
    text
}

fn method(protocol: &Protocol) -> String {
    let build = if cfg!(feature = "native") {
        "All Rust code is built with `-C target-cpu=native`, C with `-O3 -march=native -ffast-math`. All allocations are \
aligned to cache lines. Some contenders only multiply matrices (ndarray, gemm, faer, MKL, OpenBLAS, NumPy); the \
rest of their step is written by hand. Our networks declare `arithmetic fused`, except W3, whose chains of sums \
have a shorter latency with separate products and sums."
    } else {
        "All code is built for any x86-64, which has SSE2: Rust with `-C target-cpu=x86-64`, and `mlp`, ndarray and \
matrixmultiply without the features that detect the processor at run time; C with `-O3 -ffast-math`. Our \
networks declare `arithmetic separate`, since SSE2 has no fused instruction, and a multiply-add counts as two \
instructions for the peak. MKL is limited to SSE4.2 by `MKL_ENABLE_INSTRUCTIONS=SSE4_2`, which it does not \
respect everywhere: where it exceeds the peak, it uses wider registers. OpenBLAS is limited to SSSE3 by \
`OPENBLAS_CORETYPE=Core2`; gemm and faer can't be limited. The hand-written loops are those of the other builds, \
whose tiles were chosen for larger registers."
    };
    format!(
        "{} *Time* is the median of a call, *ratio* the median of time over our time in the same round, with the quartiles: \
above 1 ours is faster. *Peak* is the rate of independent multiply-adds in the same rounds. The share of the \
peak counts the operations of the matrix products, two for a multiply-add, without the gradient with respect to \
the inputs, which is not needed.\n\n\
A train step is forward pass, backward pass and update in place, on a batch that stays in the cache. {build}\n",
        timing(protocol)
    )
}

/// How contenders are checked and timed.
pub fn timing(protocol: &Protocol) -> String {
    format!(
        "Each contender runs the same network from the same start values on the same samples, with one thread, all on one \
core. Before the timing, its outputs and the changes of three steps are compared with ours: within 1e-4 (`f32`) \
or 1e-9 (`f64`) of their norm. {} rounds follow a warm-up of {} ms. In each round, every contender runs a loop \
of at least {} ms from the start values, one after the other; each round begins with another contender. Time is \
processor time of the whole process.",
        protocol.rounds,
        protocol.warm_up.as_millis(),
        protocol.lap.as_millis()
    )
}

fn table(row: &Row) -> String {
    let mut text = format!(
        "\n## {}\n\n{}; peak {:.0} GFLOP/s.\n\n| contender | time | ratio | of the peak |\n|---|---:|---:|---:|\n",
        row.name(),
        describe(row.workload),
        row.peak()
    );
    let mut order: Vec<_> = row.timed.iter().collect();
    order.sort_by(|a, b| row.ratios(a)[1].total_cmp(&row.ratios(b)[1]));
    for timed in order {
        let [low, ratio, high] = row.ratios(timed);
        let ratio = if timed.name == row.timed[0].name {
            "1".into()
        } else {
            format!("{} ({} – {})", number(ratio), number(low), number(high))
        };
        let (time, part) = (duration(row.median(timed)), 100.0 * row.fraction(timed));
        let _ = writeln!(text, "| {} | {time} | {ratio} | {part:.1} % |", timed.name);
    }
    text
}

fn describe(workload: &Workload) -> String {
    let sizes: Vec<_> = workload.sizes.iter().map(usize::to_string).collect();
    let hidden = format!("{:?}", workload.hidden).to_lowercase();
    let ending = match workload.ending {
        Ending::HalfSquared(_) => "throughout, half the squared error",
        Ending::MeanSquared(_) => "throughout, mean squared error",
        Ending::CrossEntropy => "and softmax, cross-entropy",
    };
    let float = match workload.float {
        Float::F32 => "`f32`",
        Float::F64 => "`f64`",
    };
    let rule = match workload.rule {
        Rule::Sgd => "SGD",
        Rule::Adam => "Adam",
    };
    format!("{}, {hidden} {ending}, batch {}, {rule}, {float}", sizes.join("-"), workload.batch)
}

/// Three digits.
pub fn number(value: f64) -> String {
    let decimals = (2 - value.log10().floor() as i32).clamp(0, 3) as usize;
    format!("{value:.decimals$}")
}

pub fn duration(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        ..1e3 => (nanoseconds, "ns"),
        ..1e6 => (nanoseconds / 1e3, "µs"),
        _ => (nanoseconds / 1e6, "ms"),
    };
    format!("{} {unit}", number(value))
}
