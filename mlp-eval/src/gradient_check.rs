//! Gradients of the chain rule against the complex-step derivative, ∂E/∂w = Im E(w + ih) / h (Squire and Trapp, 1998),
//! which uses the forward equations alone. Both are computed with numbers that know their error, so that the tolerance
//! follows the conditioning of the formula at the point, and no constant is chosen.

use mlp_dsl::{
    formula::evaluate::Real,
    ir::{
        Derivation, Loss, Parameter,
        equation::{Equation, EquationId, Per},
    },
};

use super::{
    Array, Evaluation, Point,
    ball::Ball,
    cost, evaluate, evaluate_given,
    fault::{self, Fault},
    step::Step,
};

/// Scalar operations spent on checking; a large network is checked at evenly spaced places.
const BUDGET: u64 = 10_000_000;
/// Gradients of a large network that are checked at least.
const LEAST: usize = 8;
/// Bytes that the numbers of a check may take.
const MEMORY: u64 = 400_000_000;
/// Gradients are right without a word about digits where this number of decimal digits counts: as many as a derivation
/// prints.
pub const ENOUGH: u32 = 9;
/// All digits of a float.
const ALL: u32 = 16;
/// Beside their errors both ways may differ by 2⁻⁴¹ of themselves: a formula may choose a branch by rounding, as
/// `ln_1p` does, and constants are doubles.
const BITS: i64 = 41;

/// How many samples the check affords: at least 16, and more in a small network.
pub fn checkable_samples(derivation: &Derivation) -> usize {
    let forward = cost::evaluation(derivation, derivation.equations.len()).max(1);
    (BUDGET / forward / LEAST as u64).max(16) as usize
}

/// What the check says.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The gradients are right.
    Right,
    /// They are right as far as this point allows: this number of decimal digits counts, fewer than [`ENOUGH`].
    Limited(u32),
    /// The loss or a gradient is not defined at this point.
    Undefined(Option<Fault>),
    /// The difference of a gradient is larger than rounding explains.
    Wrong,
}

/// The result of a gradient check.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientCheck {
    /// Gradients compared.
    pub checked: usize,
    /// Gradients in all.
    pub total: usize,
    /// What follows from all that were compared.
    pub verdict: Verdict,
    /// ‖gradient − exact‖ / ‖exact‖ at most, where the gradients are 64-bit floats and the complex step is exact to its
    /// error, which is added.
    pub normwise: f64,
    /// An error that is a smaller part of the norm than this is not noticed.
    pub resolution: f64,
    /// Gradients at a kink: they lie between the slopes on its two sides.
    pub kinks: usize,
    /// The first that is wrong, else the one with the largest error.
    pub worst: Option<Worst>,
}

/// One gradient beside its witness.
#[derive(Clone, Debug, PartialEq)]
pub struct Worst {
    /// The parameter, or the input.
    pub parameter: String,
    /// The sample, counted from 0, where it is a gradient with respect to an input.
    pub sample: Option<usize>,
    /// The index of the element, row after row.
    pub element: usize,
    /// The gradient and the complex step.
    pub compared: Compared,
}

/// A gradient and its witness.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// The gradient of the equations, in 64-bit floats.
    pub gradient: f64,
    /// The complex step.
    pub witness: f64,
    /// How far the float may be from the exact gradient.
    pub error: f64,
    /// By how much the two ways may differ because of their errors.
    pub resolution: f64,
    /// How they compare.
    pub outcome: Outcome,
}

/// How a gradient compares with its witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They are the same number, as far as their errors tell.
    Same,
    /// At a kink the gradient lies between the slopes on the two sides.
    Kink,
    /// One of them is no finite number.
    NotFinite,
    /// They differ.
    Different,
}

/// What is moved by the complex step.
#[derive(Clone, Copy)]
struct Moved {
    /// A parameter or an input.
    value: EquationId,
    /// The sample, where it is an input.
    sample: Option<usize>,
    element: usize,
}

/// A gradient that was compared.
struct Place {
    name: String,
    /// The sample, where it is a gradient with respect to an input.
    sample: Option<usize>,
    element: usize,
    compared: Compared,
}

/// The two ways to the gradients of a network at a point.
pub struct Gradients<'g> {
    derivation: &'g Derivation,
    point: &'g Point,
    loss: &'g Loss,
    floats: Evaluation<f64>,
    balls: Evaluation<Ball>,
}

impl<'g> Gradients<'g> {
    /// Evaluates the equations; `None` without a loss.
    pub fn at(derivation: &'g Derivation, point: &'g Point) -> Option<Self> {
        let loss = derivation.loss.as_ref()?;
        let floats = evaluate::<f64>(derivation, point);
        let given = |id: EquationId, sample: usize| point.of(id, sample).map(Array::convert);
        let balls = evaluate_given(derivation, of_gradients(derivation), &given, point.samples());
        Some(Gradients { derivation, point, loss, floats, balls })
    }

    /// Compares one gradient; `None` where the parameter has none.
    pub fn compare(&self, parameter: &Parameter, element: usize) -> Option<Compared> {
        let moved = Moved { value: parameter.equation, sample: None, element };
        self.compared(parameter.objective()?, moved)
    }

    /// Compares the gradient of the loss of a sample with respect to a number of its input; `number` counts the equations
    /// of the inputs.
    pub fn compare_input(&self, number: usize, sample: usize, element: usize) -> Option<Compared> {
        let value = self.derivation.input_equations().nth(number)?;
        let gradient = *self.loss.inputs.get(number)?;
        self.compared(gradient, Moved { value, sample: Some(sample), element })
    }

    fn compared(&self, of: EquationId, moved: Moved) -> Option<Compared> {
        let (sample, element) = (moved.sample.unwrap_or(0), moved.element);
        let gradient = self.floats.value_of(of, sample)?.iter().nth(element)?;
        let own = self.balls.value_of(of, sample)?.iter().nth(element)?;
        let witness = self.complex_step::<false>(moved);
        let same = |witness: Ball| own.widened(BITS).meets(witness.widened(BITS));
        let outcome = if own.is_nan() || witness.is_nan() || !gradient.is_finite() {
            Outcome::NotFinite
        } else if same(witness) {
            Outcome::Same
        } else if same(self.complex_step::<true>(moved)) {
            Outcome::Kink
        } else {
            Outcome::Different
        };
        let exact = if outcome == Outcome::Kink { own } else { witness };
        Some(Compared {
            gradient,
            witness: witness.real(),
            error: vanishing(exact.distance(gradient)),
            resolution: vanishing(own.error() + witness.error()),
            outcome,
        })
    }

    /// ∂(objective)/∂(element of a parameter), or ∂(loss of a sample)/∂(element of its input), from the forward pass alone.
    fn complex_step<const BOTH_SIDES: bool>(&self, moved: Moved) -> Ball {
        let Moved { value: moved, sample: of, element } = moved;
        let given = |id: EquationId, sample: usize| -> Option<Array<Step<BOTH_SIDES>>> {
            let value = self.point.of(id, sample)?;
            if id != moved || of.is_some_and(|of| of != sample) {
                return Some(value.convert());
            }
            let step = |(index, x)| if index == element { Step::moved(x) } else { Step::from(x) };
            let cells: Vec<_> = value.iter().enumerate().map(step).collect();
            Some(Array::from_row_major(value.shape(), &cells))
        };
        let end = if of.is_some() { self.loss.total } else { self.loss.objective };
        // The loss of one sample does not read the others.
        let only = |id: EquationId, sample: usize| given(id, of.unwrap_or(sample));
        let samples = if of.is_some() { 1 } else { self.point.samples() };
        evaluate_given(self.derivation, end.index() + 1, &only, samples).scalar(end).slope()
    }

    /// What these gradients say together.
    pub fn judge(&self, compared: &[(&Parameter, usize, Compared)]) -> GradientCheck {
        let derivation = self.derivation;
        let named = |(parameter, element, one): &(&'_ Parameter, usize, Compared)| Place {
            name: parameter.name.clone(),
            sample: None,
            element: *element,
            compared: *one,
        };
        let total = derivation.parameter_count() - derivation.frozen_count();
        self.judge_all(&compared.iter().map(named).collect::<Vec<_>>(), total)
    }

    /// The same of these and of gradients with respect to inputs; `total` is how many there are.
    fn judge_all(&self, compared: &[Place], total: usize) -> GradientCheck {
        let derivation = self.derivation;
        let mut check = GradientCheck {
            checked: compared.len(),
            total,
            verdict: Verdict::Right,
            normwise: 0.0,
            resolution: 0.0,
            kinks: 0,
            worst: None,
        };
        let (mut norm, mut own): (f64, f64) = (0.0, 0.0);
        for Place { compared: one, .. } in compared {
            norm = norm.hypot(one.witness);
            own = own.hypot(one.gradient);
            check.normwise = check.normwise.hypot(one.error);
            check.resolution = check.resolution.hypot(one.resolution);
            check.kinks += usize::from(one.outcome == Outcome::Kink);
        }
        // Where all gradients vanish both ways, what is left is the error of the check itself.
        if norm == 0.0 && own == 0.0 && check.normwise < f64::EPSILON {
            check.normwise = 0.0;
        }
        check.normwise = relative(check.normwise, norm);
        check.resolution = relative(check.resolution, norm);
        let find = |outcome| compared.iter().find(|one| one.compared.outcome == outcome);
        let largest = || compared.iter().max_by(|a, b| a.compared.error.total_cmp(&b.compared.error));
        let finite = self.floats.scalar(self.loss.objective).is_finite();
        let bad = find(Outcome::NotFinite);
        let fault =
            if bad.is_some() || !finite { fault::find(derivation, &self.floats, &self.balls) } else { None };
        // A gradient that is no number though every operation has a value and a derivative is wrong.
        let wrong = bad.filter(|_| finite && fault.is_none()).or_else(|| find(Outcome::Different));
        let worst = wrong.or(bad).or_else(largest);
        check.worst = worst.map(|place| Worst {
            parameter: place.name.clone(),
            sample: place.sample,
            element: place.element,
            compared: place.compared,
        });
        let digits = digits(check.normwise);
        check.verdict = if !finite || fault.is_some() {
            Verdict::Undefined(fault)
        } else if wrong.is_some() {
            Verdict::Wrong
        } else if digits < ENOUGH {
            Verdict::Limited(digits)
        } else {
            Verdict::Right
        };
        check
    }
}

/// The equations up to the last gradient.
fn of_gradients(derivation: &Derivation) -> usize {
    let objectives = derivation.parameters.iter().filter_map(Parameter::objective);
    let inputs = derivation.loss.iter().flat_map(|loss| loss.inputs.iter().copied());
    objectives.chain(inputs).map(|id| id.index() + 1).max().unwrap_or(0)
}

/// Whether the numbers of a check with this number of samples fit into memory.
pub fn fits(derivation: &Derivation, samples: usize) -> bool {
    let values = |count: usize| {
        let of = |equation: &Equation| {
            let times = if equation.per == Per::Sample { samples } else { 1 };
            (equation.shape.count() as u64).saturating_mul(times as u64)
        };
        derivation.equations.iter().take(count).map(of).fold(0, u64::saturating_add)
    };
    let forward = derivation.loss.as_ref().map_or(0, |loss| loss.objective.index() + 1);
    let of = |count: usize, size: usize| values(count).saturating_mul(size as u64);
    let bytes = [
        of(derivation.equations.len(), size_of::<f64>()),
        of(of_gradients(derivation), size_of::<Ball>()),
        of(forward, size_of::<Step<false>>()),
    ];
    bytes.into_iter().fold(0, u64::saturating_add) <= MEMORY
}

/// An error that no float can show is none.
fn vanishing(error: f64) -> f64 {
    if error < f64::MIN_POSITIVE { 0.0 } else { error }
}

fn relative(error: f64, norm: f64) -> f64 {
    if error == 0.0 { 0.0 } else { error / norm }
}

/// The decimal digits that count with this relative error.
pub fn digits(error: f64) -> u32 {
    if error == 0.0 { ALL } else { (-error.log10()).floor().clamp(0.0, f64::from(ALL)) as u32 }
}

/// Compares every gradient, or evenly spaced ones of a large network. `None` without a loss.
pub fn check_gradients(derivation: &Derivation, point: &Point) -> Option<GradientCheck> {
    check_some_gradients(derivation, point, BUDGET)
}

/// The same with this number of scalar operations for all forward passes of the complex step.
pub fn check_some_gradients(derivation: &Derivation, point: &Point, budget: u64) -> Option<GradientCheck> {
    let gradients = Gradients::at(derivation, point)?;
    let inputs: usize = gradients.loss.inputs.iter().map(|id| derivation.shape(*id).count()).sum();
    let inputs = inputs.saturating_mul(point.samples());
    let total = (derivation.parameter_count() - derivation.frozen_count()).saturating_add(inputs);
    let samples = point.samples().max(1) as u64;
    let forward = cost::evaluation(derivation, gradients.loss.objective.index() + 1).saturating_mul(samples);
    let affordable = (budget / forward.max(1)).max(LEAST as u64) as usize;
    let stride = total.div_ceil(affordable).max(1);
    let (mut compared, mut index) = (Vec::new(), 0);
    for parameter in derivation.parameters.iter().filter(|parameter| parameter.objective().is_some()) {
        for element in 0..derivation.shape(parameter.equation).count() {
            if index % stride == 0
                && let Some(one) = gradients.compare(parameter, element)
            {
                let name = parameter.name.clone();
                compared.push(Place { name, sample: None, element, compared: one });
            }
            index += 1;
        }
    }
    for sample in 0..if inputs > 0 { point.samples() } else { 0 } {
        for (number, id) in derivation.input_equations().enumerate() {
            for element in 0..derivation.shape(id).count() {
                if index % stride == 0
                    && let Some(one) = gradients.compare_input(number, sample, element)
                {
                    let name = derivation.name_of(id);
                    compared.push(Place { name, sample: Some(sample), element, compared: one });
                }
                index += 1;
            }
        }
    }
    Some(gradients.judge_all(&compared, total))
}
