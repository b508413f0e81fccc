//! What can be held against each other without compiling: equations, plan, gradients, document.

use mlp_document::{Numbers, Options, derive};
use mlp_dsl::{
    ir::{Derivation, equation::EquationId, verify},
    plan,
};
use mlp_eval::{Point, Verdict, check_some_gradients, evaluate};
use mlp_runtime::random::Stream;

use crate::{difference, inputs};

/// Scalar operations of the complex step for a network.
const WITNESSED: u64 = 200_000;
/// Gradients of a network compared with central differences.
const DIFFERENCES: usize = 8;

/// What was found, over one network or many.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Networks checked.
    pub networks: usize,
    /// Gradients compared with the complex step.
    pub gradients: usize,
    /// The largest normwise error of gradients that are right, against the complex step.
    pub complex_step: f64,
    /// Which network that was.
    pub complex_step_at: u64,
    /// How often the gradients are right as far as the point allows.
    pub limited: usize,
    /// How often a gradient is not defined at the point.
    pub undefined: usize,
    /// Gradients at kinks, between the slopes on the two sides.
    pub at_kinks: usize,
    /// Gradients compared with central differences.
    pub differences: usize,
    /// The largest error there, relative to 1 + |gradient| + |objective|.
    pub difference: f64,
    /// Gradients not compared because the objective has a kink within the step.
    pub kinks: usize,
    /// Equals signs of documents that hold.
    pub equals: usize,
    /// What does not hold.
    pub wrong: Vec<String>,
}

impl Findings {
    /// Adds the findings of other networks.
    pub fn add(&mut self, other: Findings) {
        self.networks += other.networks;
        self.gradients += other.gradients;
        if other.complex_step > self.complex_step {
            (self.complex_step, self.complex_step_at) = (other.complex_step, other.complex_step_at);
        }
        self.limited += other.limited;
        self.undefined += other.undefined;
        self.at_kinks += other.at_kinks;
        self.differences += other.differences;
        self.difference = self.difference.max(other.difference);
        self.kinks += other.kinks;
        self.equals += other.equals;
        self.wrong.extend(other.wrong);
    }
}

/// Checks one network.
pub fn check(number: u64, derivation: &Derivation) -> Findings {
    let mut found = Findings { networks: 1, complex_step_at: number, ..Findings::default() };
    if let Err(wrong) = verify::verify(derivation) {
        found.wrong.push(format!("R{number}: equations: {wrong}"));
    }
    if let Err(wrong) = plan::verify(derivation, &plan::plan(derivation)) {
        found.wrong.push(format!("R{number}: plan: {wrong}"));
    }
    let points = [Point::at(derivation, &derivation.header.samples), Point::drawn(derivation, number, true)];
    for point in &points {
        complex_step(number, derivation, point, &mut found);
    }
    let [declared, _] = &points;
    differences(number, derivation, declared, &mut found);
    inputs::differences(number, derivation, &mut found);
    document(number, derivation, &mut found);
    found
}

/// Every gradient against the complex step: the verdict of `mlpc check`.
fn complex_step(number: u64, derivation: &Derivation, point: &Point, found: &mut Findings) {
    let Some(check) = check_some_gradients(derivation, point, WITNESSED) else { return };
    found.gradients += check.checked;
    found.at_kinks += check.kinks;
    match check.verdict {
        Verdict::Right => {
            if check.normwise > found.complex_step {
                (found.complex_step, found.complex_step_at) = (check.normwise, number);
            }
        }
        Verdict::Limited(_) => found.limited += 1,
        Verdict::Undefined(_) => found.undefined += 1,
        Verdict::Wrong => found.wrong.push(format!("R{number}: complex step: {check:?}")),
    }
}

/// A few gradients against central differences.
fn differences(number: u64, derivation: &Derivation, point: &Point, found: &mut Findings) {
    let Some(loss) = &derivation.loss else { return };
    let evaluation = evaluate::<f64>(derivation, point);
    let mut stream = Stream::new(number, 2, "differences");
    let trained: Vec<_> = derivation.parameters.iter().filter(|p| p.objective().is_some()).collect();
    for _ in 0..DIFFERENCES {
        let index = (stream.next_u64() % trained.len().max(1) as u64) as usize;
        let Some(parameter) = trained.get(index) else { return };
        let Some(gradient) = parameter.objective().and_then(|id| evaluation.value(id)) else { continue };
        let element = (stream.next_u64() % gradient.shape().count() as u64) as usize;
        let Some(own) = gradient.iter().nth(element) else { continue };
        let at = |by: f64| moved(derivation, point, parameter.equation, element, by, loss.objective);
        difference::hold(own, at, &format!("R{number}: {}[{element}]", parameter.name), found);
    }
}

fn moved(
    derivation: &Derivation,
    point: &Point,
    parameter: EquationId,
    element: usize,
    by: f64,
    objective: EquationId,
) -> f64 {
    let mut point = point.clone();
    if let Some(mut value) = point.of(parameter, 0).cloned() {
        let here = value.iter().nth(element).unwrap_or(f64::NAN);
        value.set(element, here + by);
        point.set(parameter, value);
    }
    evaluate::<f64>(derivation, &point).scalar(objective)
}

/// Each equals sign, at the declared numbers and at three random assignments.
fn document(number: u64, derivation: &Derivation, found: &mut Findings) {
    let document = derive(derivation, &Options::default());
    let declared = Point::declared(derivation).ok();
    let samples = derivation.declared_samples().len().max(1);
    if let Some(formula) = document.misfit(samples) {
        found
            .wrong
            .push(format!("R{number}: document: the sizes of {formula} do not fit for {samples} samples"));
    }
    let drawn = (1..4).map(|seed| Point::drawn_batch(derivation, seed, true, samples));
    for point in declared.into_iter().chain(drawn) {
        match document.verify(&Numbers::at(derivation, &point)) {
            Ok(compared) => found.equals += compared,
            Err(wrong) => found.wrong.push(format!("R{number}: document: {wrong}")),
        }
    }
}
