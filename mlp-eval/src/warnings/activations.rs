//! W0202, W0203: units that no sample moves, because their activation is flat there.

use mlp_dsl::{
    diagnostic::Diagnostic,
    formula::{
        Formula, Term, TermId,
        evaluate::evaluate_terms,
        scalar::{Function, Unary},
    },
    ir::{
        Layer, Value,
        equation::{EquationId, Per},
    },
    shape::Shape,
};

use super::Declared;

use crate::Values;

/// An activation with flat parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flat {
    Relu,
    Sigmoid,
    Tanh,
}

impl Flat {
    fn name(self) -> &'static str {
        match self {
            Flat::Relu => "relu",
            Flat::Sigmoid => "sigmoid",
            Flat::Tanh => "tanh",
        }
    }

    /// The net input from which on it is flat: there the derivative is below 0.0002.
    fn far(self) -> f64 {
        match self {
            Flat::Relu => f64::INFINITY,
            Flat::Sigmoid => 10.0,
            Flat::Tanh => 5.0,
        }
    }
}

/// A neuron and the net inputs that the samples give it.
struct Unit {
    flat: Flat,
    equation: EquationId,
    /// `h1`, or the number of the element.
    name: String,
    least: f64,
    largest: f64,
}

impl Unit {
    fn is_dead(&self) -> bool {
        self.flat == Flat::Relu && self.largest <= 0.0
    }

    /// On one side for all samples: a unit that is sure of different things has learnt them.
    fn is_saturated(&self) -> bool {
        let far = self.flat.far();
        self.least >= far || self.largest <= -far
    }
}

impl Declared<'_> {
    /// Relu layers without any active unit. Of units that are drawn some are dead by chance; single ones are reported
    /// where their weights are declared numbers and several samples agree.
    pub(super) fn dead(&self, found: &mut Vec<Diagnostic>) {
        for layer in &self.derivation.layers {
            let units = self.units(layer);
            let dead: Vec<&Unit> = units.iter().filter(|unit| unit.is_dead()).collect();
            let Some(first) = dead.first() else { continue };
            let whole = dead.len() == layer.shape.count();
            let declared = !self.origin(first.equation).drawn && self.samples.len() > 1;
            if whole || declared {
                found.push(self.dead_units(layer, &dead));
            }
        }
    }

    fn dead_units(&self, layer: &Layer, dead: &[&Unit]) -> Diagnostic {
        let who = neurons(layer, dead);
        let title = format!("{who} {} 0 for {}", if dead.len() == 1 { "is" } else { "are" }, self.which);
        let largest = dead.iter().map(|unit| unit.largest).fold(f64::NEG_INFINITY, f64::max);
        let label = format!("the largest net input is {}", short(largest));
        Diagnostic::warning("W0202", title, self.place(layer, dead), label).help(
            "a `relu` at 0 passes no gradient: start its bias above 0, or its weights at other numbers; \
             `leaky_relu` passes a part",
        )
    }

    /// Units that are far out on one side for all samples.
    pub(super) fn saturated(&self, found: &mut Vec<Diagnostic>) {
        for layer in &self.derivation.layers {
            let units = self.units(layer);
            let far = |unit: &&Unit| unit.is_saturated() && !self.origin(unit.equation).loaded;
            let far: Vec<&Unit> = units.iter().filter(far).collect();
            let Some(first) = far.first() else { continue };
            let who = neurons(layer, &far);
            let title = format!(
                "{who} {} saturated at the start, for {}",
                if far.len() == 1 { "is" } else { "are" },
                self.which
            );
            let nearest = |unit: &&Unit| unit.least.abs().min(unit.largest.abs());
            let nearest = far.iter().map(nearest).fold(f64::INFINITY, f64::min);
            let label = format!(
                "a `{}` whose net input is at least {} away from 0",
                first.flat.name(),
                short(nearest)
            );
            found.push(Diagnostic::warning("W0203", title, self.place(layer, &far), label).help(
                "its derivative is nearly 0: start from smaller weights, or scale the inputs to about −1 … 1",
            ));
        }
    }

    fn place(&self, layer: &Layer, units: &[&Unit]) -> mlp_dsl::span::Span {
        let own = units.first().map(|unit| unit.equation);
        let id = own.or_else(|| layer.value.equations().first().copied());
        id.map(|id| self.derivation.equation(id).span).unwrap_or_default()
    }

    /// The neurons of a layer whose activation has flat parts and whose net input training changes.
    fn units(&self, layer: &Layer) -> Vec<Unit> {
        let mut units = Vec::new();
        for id in layer.value.equations() {
            let equation = self.derivation.equation(*id);
            let activation =
                equation.formula().and_then(|formula| flat(formula, &self.derivation.header.functions));
            let Some((flat, net)) = activation else { continue };
            if !self.origin(*id).trained || equation.per == Per::Batch {
                continue;
            }
            for index in 0..equation.shape.count() {
                let name = match &layer.value {
                    Value::Whole(_) => (index + 1).to_string(),
                    Value::Packed(_) => self.derivation.name_of(*id),
                };
                let nets = (0..self.samples.len()).map(|sample| self.net(*id, net, index, sample));
                let (least, largest) =
                    nets.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, largest), net| {
                        // A net input that is not a number is neither.
                        if net.is_nan() {
                            (f64::NEG_INFINITY, f64::INFINITY)
                        } else {
                            (least.min(net), largest.max(net))
                        }
                    });
                units.push(Unit { flat, equation: *id, name, least, largest });
            }
        }
        units
    }

    /// The argument of the activation of one element.
    fn net(&self, id: EquationId, net: TermId, index: usize, sample: usize) -> f64 {
        let nothing = crate::Array::constant(Shape::Scalar, f64::NAN);
        let derivation = self.derivation;
        let values = Values { evaluation: &self.evaluation, sample, derivation, nothing: &nothing };
        let Some(formula) = derivation.equation(id).formula() else { return f64::NAN };
        let leaf = |leaf: u32| values.of(EquationId(leaf)).spread(0, index);
        let header = &derivation.header;
        let terms = evaluate_terms(formula, &leaf, &header.functions, header.arithmetic);
        terms.get(net.0 as usize).copied().unwrap_or(f64::NAN)
    }
}

/// The activation that a formula is, and its argument.
fn flat(formula: &Formula, functions: &[Function]) -> Option<(Flat, TermId)> {
    match formula.root()? {
        Term::Unary(Unary::Tanh, x) => Some((Flat::Tanh, *x)),
        Term::Apply(id, arguments) => {
            let function = functions.get(id.0 as usize).filter(|function| function.prelude)?;
            let flat = match function.name.as_str() {
                "relu" | "relu6" => Flat::Relu,
                "sigmoid" => Flat::Sigmoid,
                _ => return None,
            };
            Some((flat, *arguments.first()?))
        }
        Term::Number(_)
        | Term::Constant(..)
        | Term::Leaf(_)
        | Term::Unary(..)
        | Term::Binary(..)
        | Term::Select(_) => None,
    }
}

/// The neurons in words.
fn neurons(layer: &Layer, units: &[&Unit]) -> String {
    const NAMED: usize = 4;
    let count = layer.shape.count();
    if let ([one], Value::Packed(_)) = (units, &layer.value) {
        return format!("`{}`", one.name);
    }
    if units.len() == count {
        return match count {
            1 => format!("the neuron of `{}`", layer.name),
            2 => format!("both neurons of `{}`", layer.name),
            _ => format!("all {count} neurons of `{}`", layer.name),
        };
    }
    let names: Vec<&str> = units.iter().take(NAMED).map(|unit| unit.name.as_str()).collect();
    let more = if units.len() > NAMED { ", …" } else { "" };
    let which = if units.len() == 1 { "neuron" } else { "neurons" };
    format!("{} of {count} neurons of `{}` ({which} {}{more})", units.len(), layer.name, names.join(", "))
}

/// Four digits.
fn short(x: f64) -> String {
    if x == 0.0 {
        "0".to_owned()
    } else {
        format!("{:.4}", x).trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}
