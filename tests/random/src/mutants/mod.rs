//! Wrong derivative rules: each equation of the gradients of small networks is changed in every way that a slip in a
//! rule can change it, and the gradient check must call each change wrong at one of a few ordinary points.

mod changes;
mod networks;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use mlp_dsl::{
    compile,
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    model::Sample,
};
use mlp_eval::{Array, Point, Verdict, check_some_gradients, evaluate};
use mlp_runtime::random::Stream;

use changes::Change;

/// Ordinary points at which a change is tried: three samples, all numbers between −1 and 1, in the last two targets of
/// 0 and 1.
const POINTS: u64 = 32;
/// Other points, at which a change that was not noticed must change nothing.
const MORE_POINTS: u64 = 60;
/// Scalar operations of the complex step for a point; enough for every gradient of these networks.
const WITNESSED: u64 = 1_000_000;

/// What the check says of the changed rules.
#[derive(Clone, Debug, Default)]
pub struct Hunt {
    /// Networks, each with a rule of its own.
    pub networks: usize,
    /// Changes that were called wrong, by their kind.
    pub caught: BTreeMap<&'static str, usize>,
    /// Changes that change no gradient, at these points and at others: the rule is written in another way.
    pub equivalent: Vec<String>,
    /// Changes that change a gradient and were not called wrong.
    pub survivors: Vec<String>,
    /// Networks whose right rules were not called right at a point.
    pub misjudged: Vec<String>,
}

impl Hunt {
    /// How many changes were called wrong.
    pub fn count(&self) -> usize {
        self.caught.values().sum()
    }

    /// Whether every change that changes anything was called wrong, and every right rule right.
    pub fn is_good(&self) -> bool {
        self.survivors.is_empty() && self.misjudged.is_empty()
    }
}

/// Tries all changes.
pub fn hunt() -> Hunt {
    let (mut hunt, mut known) = (Hunt::default(), BTreeSet::new());
    for (name, text) in networks::all() {
        match compile(&text) {
            Ok(derivation) => try_out(name, &derivation, &mut known, &mut hunt),
            Err(found) => hunt.misjudged.push(format!("{name}: {found:?}\n{text}")),
        }
    }
    hunt
}

fn try_out(name: &str, derivation: &Derivation, known: &mut BTreeSet<String>, hunt: &mut Hunt) {
    hunt.networks += 1;
    let points: Vec<Point> = (0..POINTS)
        .map(|seed| {
            ordinary(derivation, seed, if seed < POINTS - 2 { Targets::Drawn } else { Targets::Ends })
        })
        .collect();
    for (seed, point) in points.iter().enumerate() {
        let check = check_some_gradients(derivation, point, WITNESSED);
        if check.as_ref().is_none_or(|check| check.verdict != Verdict::Right) {
            hunt.misjudged.push(format!("{name}, point {seed}: {check:?}"));
        }
    }
    let forward = derivation.loss.as_ref().map_or(usize::MAX, |loss| loss.objective.index());
    let of_gradients =
        |(id, _): &(EquationId, _)| id.index() > forward && derivation.equation(*id).role != Role::Update;
    for (id, _) in derivation.numbered().filter(of_gradients) {
        for change in changes::of_equation(derivation, id) {
            // The same change of the same rule in another network is not counted again.
            if known.insert(change.key(derivation)) {
                record(name, derivation, &points, change, hunt);
            }
        }
    }
    for change in swapped_partials(derivation, forward) {
        record(name, derivation, &points, change, hunt);
    }
}

fn record(name: &str, derivation: &Derivation, points: &[Point], change: Change, hunt: &mut Hunt) {
    let mut changed = derivation.clone();
    for (id, op) in &change.equations {
        if let Some(equation) = changed.equations.get_mut(id.index()) {
            equation.op = op.clone();
        }
    }
    let is_wrong = |point: &Point| {
        check_some_gradients(&changed, point, WITNESSED).is_some_and(|check| check.verdict == Verdict::Wrong)
    };
    if points.iter().any(is_wrong) {
        *hunt.caught.entry(change.kind).or_default() += 1;
        return;
    }
    let of: Vec<String> = change.equations.iter().map(|(id, _)| derivation.name_of(*id)).collect();
    let line = format!("{name}: {} in {}", change.kind, of.join(", "));
    if changes_nothing(derivation, &changed) {
        hunt.equivalent.push(line);
    } else {
        hunt.survivors.push(format!("{line}: {:?}", change.equations));
    }
}

/// Whether the gradients are the same at many points, some with targets of 0 and 1, some with large weights.
fn changes_nothing(derivation: &Derivation, changed: &Derivation) -> bool {
    (0..MORE_POINTS).all(|seed| {
        let mut point =
            ordinary(derivation, 100 + seed, if seed % 2 == 0 { Targets::Drawn } else { Targets::Ends });
        if seed % 3 == 0 {
            for parameter in &derivation.parameters {
                if let Some(value) = point.of(parameter.equation, 0) {
                    let value = value.map(|x: f64| 4.0 * x);
                    point.set(parameter.equation, value);
                }
            }
        }
        let [before, after] = [derivation, changed].map(|derivation| gradients(derivation, &point));
        let scale = before.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        // Targets of 0 and 1 may lead to what is not defined: the same for both.
        let same = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-13 * scale || (a.is_nan() && b.is_nan());
        before.iter().zip(&after).all(same)
    })
}

fn gradients(derivation: &Derivation, point: &Point) -> Vec<f64> {
    let evaluation = evaluate::<f64>(derivation, point);
    let objectives = derivation.parameters.iter().filter_map(|p| evaluation.value(p.objective()?));
    objectives.flat_map(|gradient| gradient.iter()).collect()
}

/// The derivatives of a value with respect to two of its operands, exchanged.
fn swapped_partials(derivation: &Derivation, forward: usize) -> Vec<Change> {
    let partial = |(id, equation): (EquationId, &mlp_dsl::ir::equation::Equation)| match equation.symbol {
        Symbol::Partial { of, .. } if id.index() > forward => Some((of, id)),
        _ => None,
    };
    let partials: Vec<(EquationId, EquationId)> = derivation.numbered().filter_map(partial).collect();
    let mut found = Vec::new();
    for (place, (of, a)) in partials.iter().enumerate() {
        for (_, b) in partials.iter().skip(place + 1).filter(|(other, _)| other == of) {
            let [first, second] = [a, b].map(|id| derivation.equation(*id));
            let early = second.op.operands().iter().all(|operand| operand < a);
            if first.shape == second.shape && first.per == second.per && early && first.op != second.op {
                let equations = vec![(*a, second.op.clone()), (*b, first.op.clone())];
                found.push(Change { kind: "swapped partials", equations });
            }
        }
    }
    found
}

/// Where targets are.
#[derive(Clone, Copy)]
enum Targets {
    /// Between 0 and 1.
    Drawn,
    /// 0 or 1.
    Ends,
}

/// Three samples and parameters, drawn.
fn ordinary(derivation: &Derivation, seed: u64, targets_at: Targets) -> Point {
    let inputs: usize = derivation.inputs.iter().map(|data| data.shape.count()).sum();
    let targets = derivation.targets.iter().map(|data| data.shape.count()).sum();
    let mut stream = Stream::new(seed, 4, "samples");
    let mut draw =
        |count: usize, low: f64| (0..count).map(|_| stream.uniform(low, 1.0)).collect::<Vec<f64>>();
    let placed = |x: &f64| match targets_at {
        Targets::Drawn => *x,
        Targets::Ends => x.round(),
    };
    let sample =
        |_| Sample { input: draw(inputs, -1.0), target: draw(targets, 0.0).iter().map(placed).collect() };
    let samples: Vec<Sample> = (0..3).map(sample).collect();
    let mut point = Point::at(derivation, &samples);
    for parameter in &derivation.parameters {
        let mut stream = Stream::new(seed, 5, &parameter.name);
        let shape = derivation.shape(parameter.equation);
        point.set(parameter.equation, Array::build(shape, |_, _| stream.uniform(-1.0, 1.0)));
    }
    point
}

/// The operation as a formula of one leaf.
fn alias(id: EquationId) -> Op {
    Op::Pointwise(mlp_dsl::formula::Formula::leaf(id.0))
}

impl fmt::Display for Hunt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} changed rules in {} networks called wrong", self.count(), self.networks)?;
        for (kind, count) in &self.caught {
            writeln!(f, "  {count:5} {kind}")?;
        }
        write!(f, "  {} change no gradient", self.equivalent.len())?;
        for equivalent in &self.equivalent {
            write!(f, "\n    {equivalent}")?;
        }
        write!(f, "\n  {} not noticed", self.survivors.len())?;
        for survivor in &self.survivors {
            write!(f, "\n    {survivor}")?;
        }
        for misjudged in &self.misjudged {
            write!(f, "\n  not called right: {misjudged}")?;
        }
        Ok(())
    }
}
