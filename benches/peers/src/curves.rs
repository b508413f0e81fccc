//! Cost against width and against the length of the batch, ours beside what multiplies matrices best.

mod chart;
mod networks;
mod report;

use std::fs;

use crate::gemm::Gemm;
use crate::harness::{self, Entry, Row, Timed};
use crate::options::Options;
use crate::workloads::{Pass, Workload};
use crate::{Outcome, blas, clock, products, versions};

/// One pass along growing sizes.
struct Curve {
    title: &'static str,
    /// What grows.
    axis: &'static str,
    size: fn(&Workload) -> usize,
    /// The same contenders in all of them, ours first.
    rows: Vec<Row>,
}

/// Have versions, but no part in this.
const OTHERS: [&str; 6] = ["burn", "candle-core", "faer", "gcc", "matrixmultiply", "ndarray"];

pub fn run(options: &Options) -> Outcome {
    let core = clock::pin()?;
    let entries = [
        Entry::new("ours", networks::contender),
        Entry::new("MKL", blas::mkl),
        Entry::new("OpenBLAS", blas::openblas),
        Entry::new("gemm", products::contender::<Gemm>),
    ];
    let mut versions = versions::all();
    versions.extend(blas::versions());
    versions.retain(|(name, _)| !OTHERS.contains(&&**name));
    let (mut curves, mut excluded) = (Vec::new(), Vec::new());
    let width = ("Width", "width", (|workload| workload.sizes[0]) as fn(&Workload) -> usize);
    let batch = ("Batch", "batch", (|workload| workload.batch) as fn(&Workload) -> usize);
    for (workloads, (title, axis, size)) in [(networks::WIDTHS, width), (networks::BATCHES, batch)] {
        let mut curve = |rows| curves.push(Curve { title, axis, size, rows });
        let (mut forward, mut train) = (Vec::new(), Vec::new());
        for workload in workloads.iter().filter(|workload| options.wants(workload)) {
            eprintln!("{} on core {core}", workload.name);
            let rows = harness::run(workload, &entries, &options.protocol, &mut excluded);
            rows.into_iter().for_each(|row| match row.pass {
                Pass::Forward => forward.push(row),
                Pass::Train => train.push(row),
            });
        }
        curve(forward);
        curve(train);
    }
    curves.retain(|curve| !curve.rows.is_empty());
    let [text, picture] = options.files("curves")?;
    fs::write(text, report::markdown(&options.protocol, &versions, &curves, &excluded))?;
    chart::draw(&curves, &picture)
}

/// A contender at one size.
struct Point {
    size: usize,
    /// Of a call.
    nanoseconds: f64,
    /// Operations in a nanosecond.
    speed: f64,
}

/// What a contender does worse at a size than at a neighbour or a larger one: 1 is nothing.
struct Step {
    factor: f64,
    from: usize,
    to: usize,
}

impl Curve {
    fn name(&self) -> String {
        let pass = self.rows.first().map_or(Pass::Forward, |row| row.pass);
        format!("{}, {}", self.title, if pass == Pass::Forward { "forward" } else { "train" })
    }

    /// Ours first.
    fn contenders(&self) -> impl Iterator<Item = &str> {
        self.rows.first().into_iter().flat_map(|row| &row.timed).map(|timed| &*timed.name)
    }

    /// In the order of sizes, where the contender agreed with ours.
    fn points(&self, name: &str) -> Vec<Point> {
        let point = |row: &Row, timed: &Timed| {
            let nanoseconds = row.median(timed);
            let speed = row.workload.operations(row.pass) / nanoseconds;
            Point { size: (self.size)(row.workload), nanoseconds, speed }
        };
        let find =
            |row: &Row| row.timed.iter().find(|timed| timed.name == name).map(|timed| point(row, timed));
        self.rows.iter().filter_map(find).collect()
    }

    /// The greatest rise of the cost of an operation from one size to the next.
    fn rise(&self, name: &str) -> Option<Step> {
        let points = self.points(name);
        let rise = |pair: &[Point]| Step {
            factor: pair[0].speed / pair[1].speed,
            from: pair[0].size,
            to: pair[1].size,
        };
        points.windows(2).map(rise).max_by(by_factor)
    }

    /// The greatest cost of a call over that of a larger one.
    fn excess(&self, name: &str) -> Option<Step> {
        let points = self.points(name);
        let all = points.iter().enumerate().flat_map(|(at, small)| {
            points[at + 1..].iter().map(move |large| Step {
                factor: small.nanoseconds / large.nanoseconds,
                from: small.size,
                to: large.size,
            })
        });
        all.max_by(by_factor)
    }
}

fn by_factor(left: &Step, right: &Step) -> std::cmp::Ordering {
    left.factor.total_cmp(&right.factor)
}
