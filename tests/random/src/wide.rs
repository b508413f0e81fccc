//! The verdict of the gradient check on random networks with wide weights: neurons are saturated, probabilities round
//! to 0 and 1, exponentials overflow. No such network may be called wrong.

use std::{collections::BTreeMap, fmt, ops::Range, thread};

use mlp_dsl::{compile, ir::Derivation};
use mlp_eval::{Array, FaultKind, Point, Verdict, check_some_gradients};
use mlp_runtime::random::Stream;

use crate::generator::specification;

/// Scalar operations of the complex step for a network.
const WITNESSED: u64 = 100_000;

/// The verdicts over many networks.
#[derive(Clone, Debug, Default)]
pub struct Campaign {
    /// Networks with a loss.
    pub networks: usize,
    /// Gradients compared.
    pub gradients: usize,
    /// Networks whose gradients are right.
    pub right: usize,
    /// Networks whose gradients are right as far as the point allows, for each number of digits that count.
    pub limited: BTreeMap<u32, usize>,
    /// Networks with a loss or gradient that is not defined, for each fault.
    pub undefined: BTreeMap<&'static str, usize>,
    /// Gradients at kinks.
    pub kinks: usize,
    /// Networks for which a wrong rule would have to be off by more than a thousandth of the norm to be noticed.
    pub blind: usize,
    /// The largest part of the norm that is not noticed, of all others.
    pub resolution: f64,
    /// Networks that are called wrong.
    pub wrong: Vec<String>,
}

impl Campaign {
    fn add(&mut self, other: Campaign) {
        self.networks += other.networks;
        self.gradients += other.gradients;
        self.right += other.right;
        for (digits, count) in other.limited {
            *self.limited.entry(digits).or_default() += count;
        }
        for (fault, count) in other.undefined {
            *self.undefined.entry(fault).or_default() += count;
        }
        self.kinks += other.kinks;
        self.blind += other.blind;
        self.resolution = self.resolution.max(other.resolution);
        self.wrong.extend(other.wrong);
    }
}

/// Judges the networks with these numbers.
pub fn campaign(numbers: Range<u64>) -> Campaign {
    let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    let parts: Vec<Campaign> = thread::scope(|scope| {
        let part = |offset: u64| {
            let own = numbers.clone().skip(offset as usize).step_by(threads as usize);
            scope.spawn(move || {
                let mut found = Campaign::default();
                own.for_each(|number| judge(number, &mut found));
                found
            })
        };
        let started: Vec<_> = (0..threads).map(part).collect();
        started.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut all = Campaign::default();
    parts.into_iter().for_each(|part| all.add(part));
    all
}

fn judge(number: u64, found: &mut Campaign) {
    let derivation = match compile(&specification(number)) {
        Ok(derivation) => derivation,
        Err(errors) => return found.wrong.push(format!("R{number}: {errors:?}")),
    };
    let point = point(number, &derivation);
    let Some(check) = check_some_gradients(&derivation, &point, WITNESSED) else { return };
    found.networks += 1;
    found.gradients += check.checked;
    found.kinks += check.kinks;
    if check.resolution > 1e-3 {
        found.blind += 1;
    } else {
        found.resolution = found.resolution.max(check.resolution);
    }
    match &check.verdict {
        Verdict::Right => found.right += 1,
        Verdict::Limited(digits) => *found.limited.entry(*digits).or_default() += 1,
        Verdict::Undefined(fault) => {
            let kind = fault.as_ref().map_or("no finite loss", |fault| kind(&fault.kind));
            *found.undefined.entry(kind).or_default() += 1;
        }
        Verdict::Wrong => found.wrong.push(format!("R{number}: {check:?}")),
    }
}

/// The declared samples, with parameters of a normal distribution whose deviation is between 1 and 100.
fn point(number: u64, derivation: &Derivation) -> Point {
    let mut point = Point::at(derivation, &derivation.header.samples);
    let mut stream = Stream::new(number, 3, "deviation");
    let deviation = 10.0_f64.powf(stream.uniform(0.0, 2.0));
    for parameter in &derivation.parameters {
        let mut stream = Stream::new(number, 3, &parameter.name);
        let shape = derivation.shape(parameter.equation);
        point.set(parameter.equation, Array::build(shape, |_, _| stream.normal(0.0, deviation)));
    }
    point
}

fn kind(fault: &FaultKind) -> &'static str {
    match fault {
        FaultKind::Logarithm(_) => "ln",
        FaultKind::Root(_) => "sqrt",
        FaultKind::Division => "division",
        FaultKind::Power(..) => "power",
        FaultKind::Exponential(_) => "exp",
        FaultKind::Overflow => "overflow",
        FaultKind::RootOfZero => "sqrt of 0",
        FaultKind::PowerSlope(..) => "power of 0",
    }
}

impl fmt::Display for Campaign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limited: usize = self.limited.values().sum();
        let undefined: usize = self.undefined.values().sum();
        writeln!(f, "{} networks with wide weights, {} gradients", self.networks, self.gradients)?;
        writeln!(f, "  {} right", self.right)?;
        writeln!(
            f,
            "  {limited} right as far as the point allows, by the digits that count: {:?}",
            self.limited
        )?;
        writeln!(f, "  {undefined} not defined: {:?}", self.undefined)?;
        writeln!(f, "  {} gradients at kinks", self.kinks)?;
        writeln!(
            f,
            "  a wrong rule is noticed from {:.0e} of the norm on; {} networks where it is not from 1e-3 on",
            self.resolution, self.blind
        )?;
        write!(f, "  {} called wrong", self.wrong.len())?;
        for wrong in self.wrong.iter().take(20) {
            write!(f, "\n    {wrong}")?;
        }
        Ok(())
    }
}
