//! What every section needs to know of the network.

use std::collections::{HashMap, HashSet};

use mlp_dsl::{
    formula::{FunctionId, scalar::Function},
    ir::{
        Derivation, Layer,
        array::Op,
        equation::{Equation, EquationId, Role, Symbol},
    },
    model::Reduction,
    never,
    shape::Shape,
};
use mlp_eval::{Array, Point};

use crate::{
    Options,
    expression::{
        Count, Expression,
        book::{ELEMENTS, by_elements, simplexes, targets_sum_to_one, without_sum_of_targets},
        equation::{is_unnamed, of_equation},
        evaluate::Numbers,
    },
    known::Known,
    notation::{letters::OwnLetters, names::Names},
    phrases::Over,
    selection::{self, Wanted},
};

/// The most values, and the most parameters, that a section spells out.
pub(crate) const ITEMS: usize = 120;

/// The network and what follows from its equations.
pub(crate) struct Facts<'d> {
    pub(crate) derivation: &'d Derivation,
    /// The values at the declared numbers, where all are declared.
    pub(crate) numbers: Option<&'d Numbers<Known>>,
    /// The parameters.
    pub(crate) parameters: HashSet<EquationId>,
    /// The readers of each equation of the forward pass and the loss.
    uses: HashMap<EquationId, Vec<EquationId>>,
    /// The last equation of each layer.
    ends: Vec<EquationId>,
    pub(crate) options: &'d Options,
    /// The spellings of names.
    pub(crate) names: Names,
    neurons: bool,
    /// Whether the targets sum to 1.
    pub(crate) simplex: bool,
    /// What the page is about, where it is not everything.
    wanted: Option<Wanted>,
    /// The parameters that a brief page writes out.
    full: Option<HashSet<EquationId>>,
    /// Start values, where not all numbers are known.
    start: Option<&'d Point>,
}

impl<'d> Facts<'d> {
    pub(crate) fn new(
        derivation: &'d Derivation,
        options: &'d Options,
        numbers: Option<&'d Numbers<Known>>,
        start: Option<&'d Point>,
    ) -> Self {
        let mut uses: HashMap<EquationId, Vec<EquationId>> = HashMap::new();
        for (id, equation) in derivation.numbered() {
            if matches!(equation.role, Role::Forward | Role::Loss) {
                let mut seen = HashSet::new();
                for operand in equation.op.operands().into_iter().filter(|o| seen.insert(*o)) {
                    uses.entry(operand).or_default().push(id);
                }
            }
        }
        let end = |layer: &Layer| layer.value.equations().iter().max().copied();
        let ends = derivation.layers.iter().filter_map(end).collect();
        let parameters = derivation.parameters.iter().map(|p| p.equation).collect();
        let (neurons, simplex) = (is_of_neurons(derivation), targets_sum_to_one(derivation));
        let names = Names::new(derivation, true);
        let (wanted, full) = (None, None);
        let mut facts = Facts {
            derivation,
            numbers,
            parameters,
            uses,
            ends,
            options,
            neurons,
            simplex,
            wanted,
            full,
            start,
            names,
        };
        facts.wanted = Wanted::new(&facts, &options.selection);
        // A chosen parameter is written out.
        let brief = options.is_brief() && facts.wanted.is_none();
        facts.full = brief.then(|| selection::in_full(&facts));
        // With one sample its loss is that of the batch.
        let of_neurons =
            neurons && !facts.is_weighted() && numbers.is_none_or(|numbers| numbers.samples() == 1);
        if !of_neurons && !facts.is_single() {
            facts.names = Names::new(derivation, false);
        }
        facts
    }

    /// Whether the page is about an equation.
    pub(crate) fn wants(&self, id: EquationId) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.has(self.derivation, id))
    }

    /// Whether a parameter is written out: all of a full page are.
    pub(crate) fn in_full(&self, parameter: EquationId) -> bool {
        self.full.as_ref().is_none_or(|full| full.contains(&parameter))
    }

    /// Whether parameters that are not written out are in a table.
    pub(crate) fn has_table(&self) -> bool {
        self.full.is_some()
    }

    /// How many trained parameters of a page of neurons are in a table only.
    pub(crate) fn parameters_in_table(&self) -> usize {
        let trained = self.derivation.parameters.iter().filter(|parameter| parameter.trained.is_some());
        trained
            .filter(|p| self.at_neuron_level() && !self.in_full(p.equation) && self.wants(p.equation))
            .count()
    }

    /// Whether every value is a scalar of its own: then each number can be written out.
    pub(crate) fn at_neuron_level(&self) -> bool {
        self.neurons
    }

    /// Whether the page of layers is about one sample: then the loss of the batch is that of the sample.
    pub(crate) fn is_single(&self) -> bool {
        !self.is_weighted() && !self.neurons && self.batch_size() == 1 && self.batch_of_sizes() == 1
    }

    /// Whether vectors are columns: the specification writes each product with the vector on the right, `W @ x`.
    pub(crate) fn has_columns(&self) -> bool {
        let forward = || {
            let of_samples = self.derivation.equations.iter();
            of_samples.filter(|equation| matches!(equation.role, Role::Forward | Role::Loss))
        };
        self.is_single()
            && forward().any(|equation| matches!(equation.op, Op::MatrixVector(..)))
            && !forward().any(|equation| matches!(equation.op, Op::VectorMatrix(..)))
    }

    /// The formula of an equation as the document writes it: at the level of neurons element by element.
    pub(crate) fn formula(&self, id: EquationId) -> Expression {
        let formula = of_equation(self.derivation, id);
        if self.neurons {
            by_elements(&formula, self.derivation, self.simplex)
        } else if self.simplex {
            without_sum_of_targets(&formula, self.derivation)
        } else {
            formula
        }
    }

    /// Whether some value is the net input of a neuron or layer.
    pub(crate) fn has_net(&self) -> bool {
        self.derivation.equations.iter().any(|equation| matches!(equation.symbol, Symbol::Net(_)))
    }

    /// Whether some derivative is called δ.
    pub(crate) fn has_delta(&self) -> bool {
        let is_net = |id: EquationId| matches!(self.derivation.equation(id).symbol, Symbol::Net(_));
        self.derivation.equations.iter().any(|e| matches!(e.symbol, Symbol::Gradient(of) if is_net(of)))
    }

    /// Whether this is a parameter, or one transposed.
    pub(crate) fn is_of_parameter(&self, id: EquationId) -> bool {
        let own = if let Op::Transpose(inner) = self.derivation.equation(id).op { inner } else { id };
        self.parameters.contains(&own)
    }

    /// Whether some parameter is trained: it has a gradient.
    pub(crate) fn is_trained(&self) -> bool {
        self.derivation.has_gradients()
    }

    /// Whether there is a backward pass: to trained parameters, or to the inputs.
    pub(crate) fn is_differentiated(&self) -> bool {
        self.is_trained() || self.derivation.has_input_gradients()
    }

    /// The layer an equation leads to; for the loss, the number of layers.
    pub(crate) fn layer_of(&self, id: EquationId) -> usize {
        self.ends.partition_point(|end| *end < id)
    }

    /// The layer that reads a parameter first; the first layer where none does.
    pub(crate) fn layer_of_parameter(&self, parameter: EquationId) -> usize {
        self.uses_of(parameter).first().map_or(0, |first| self.layer_of(*first))
    }

    /// Samples in the batch of the step: those with numbers, else those declared.
    pub(crate) fn batch(&self) -> Count {
        Count::Batch { asked: self.numbers.map(Numbers::samples).or(self.options.batch) }
    }

    /// The same as a number.
    pub(crate) fn batch_size(&self) -> usize {
        self.batch().of(self.derivation).unwrap_or(1)
    }

    /// Samples in a batch of an epoch: asked for, or declared, or all, or one.
    pub(crate) fn declared_batch(&self) -> Count {
        Count::Batch { asked: self.options.batch }
    }

    /// Samples in the batch whose sizes are given: of the step where it is one of `data`, else as declared.
    pub(crate) fn batch_of_sizes(&self) -> usize {
        let of_data = self.derivation.header.has_data && self.numbers.is_some();
        let batch = if of_data { self.batch() } else { self.declared_batch() };
        batch.of(self.derivation).unwrap_or(1)
    }

    /// Whether start values are known: those of very large networks are not drawn.
    pub(crate) fn has_start_values(&self) -> bool {
        self.start.is_some() || self.numbers.is_some()
    }

    /// The start value of a parameter, where it is known.
    pub(crate) fn start_value(&self, id: EquationId) -> Option<Array<Known>> {
        match self.numbers {
            Some(numbers) => numbers.value(id, 0).cloned(),
            None => self.start?.of(id, 0).map(Array::convert),
        }
    }

    /// The digits with which numbers are printed.
    pub(crate) fn printed_digits(&self) -> usize {
        crate::printed_digits(self.options)
    }

    /// The batch that the specification or the reader asks for, where it is more than one sample.
    pub(crate) fn declared_batch_size(&self) -> Option<usize> {
        self.declared_batch().of(self.derivation).filter(|batch| *batch > 1)
    }

    /// How many samples have numbers; one where none has.
    pub(crate) fn samples(&self) -> usize {
        self.numbers.map_or(1, Numbers::samples)
    }

    /// Whether the page is about one sample whose loss is that of the batch.
    pub(crate) fn is_one_sample(&self) -> bool {
        self.samples() == 1 && !self.is_weighted()
    }

    /// The least number of samples whose sum is written out: over weights even one is divided.
    pub(crate) fn written_from(&self) -> usize {
        if self.is_weighted() { 1 } else { 2 }
    }

    /// The letter of a cross-entropy in its derivation: that of the loss, unless the loss is more than it.
    pub(crate) fn letter_of_loss(&self) -> &'static str {
        let weighted = self.derivation.loss.as_ref().is_some_and(|loss| loss.weight.is_some());
        if weighted || self.has_several_targets() { "C" } else { "E" }
    }

    /// The letters of a cross-entropy of softmax(z) and the targets t.
    pub(crate) fn letters_of_softmax(&self, z: EquationId, t: EquationId) -> OwnLetters {
        let is_part = |whole: EquationId, id: EquationId| {
            whole == id || self.derivation.equation(whole).op.operands().contains(&id)
        };
        OwnLetters::new(self.derivation, |id| {
            is_part(z, id) || is_part(t, id) || self.derivation.equation(id).op == Op::Softmax(z)
        })
    }

    /// The letters of the log losses of the network.
    pub(crate) fn letters_of_sigmoid(&self) -> OwnLetters {
        let alone = !self.has_several_targets();
        let outputs = self.derivation.output().into_iter().flat_map(|layer| layer.value.equations());
        let targets = self.derivation.targets.iter().flat_map(|target| target.value.equations());
        let meant: HashSet<EquationId> = outputs.chain(targets).copied().collect();
        OwnLetters::new(self.derivation, |id| alone && meant.contains(&id))
    }

    /// Whether there is more than one target.
    pub(crate) fn has_several_targets(&self) -> bool {
        self.derivation.targets.iter().filter(|target| !target.importance).count() > 1
    }

    /// Whether the numbers of a target sum to 1.
    pub(crate) fn sums_to_one(&self, target: EquationId) -> bool {
        let alone = self.derivation.targets.len() == 1;
        let is = |own: &mlp_dsl::ir::Data| own.value.equations() == [target];
        self.simplex && (alone || simplexes(self.derivation).any(|(_, own)| is(own)))
    }

    /// Whether the loss of a batch is a mean over weights.
    pub(crate) fn is_weighted(&self) -> bool {
        self.derivation.loss.as_ref().is_some_and(mlp_dsl::ir::Loss::is_weighted_mean)
    }

    /// How the losses of a batch are combined: the mean where nothing is said.
    pub(crate) fn over(&self) -> Over {
        match self.derivation.loss.as_ref().map_or(Reduction::Mean, |loss| loss.reduction) {
            Reduction::Mean if self.is_weighted() => Over::Weights,
            Reduction::Mean => Over::Count,
            Reduction::Sum => Over::Nothing,
        }
    }

    /// The function of a call.
    pub(crate) fn function(&self, id: FunctionId) -> Option<&'d Function> {
        let function = self.derivation.header.functions.get(id.0 as usize);
        if function.is_none() {
            never!("a call has no function");
        }
        function
    }

    /// The name of a function.
    pub(crate) fn function_name(&self, id: FunctionId) -> &'d str {
        self.function(id).map_or("?", |function| function.name.as_str())
    }

    /// The named equations with this role, in order.
    pub(crate) fn named(&self, role: Role) -> Vec<EquationId> {
        let all = self.derivation.numbered().filter(|(_, e)| e.role == role);
        let named = all.map(|(id, _)| id).filter(|id| !is_unnamed(self.derivation, *id));
        named.filter(|id| self.wants(*id)).collect()
    }

    /// The equations of the forward pass and the loss that read a value.
    pub(crate) fn uses_of(&self, id: EquationId) -> &[EquationId] {
        self.uses.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The named equations that read a value, directly or through unnamed ones.
    pub(crate) fn named_uses(&self, id: EquationId) -> Vec<EquationId> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut stack = vec![id];
        while let Some(next) = stack.pop() {
            for reader in self.uses_of(next) {
                if seen.insert(*reader) {
                    let list = if is_unnamed(self.derivation, *reader) { &mut stack } else { &mut found };
                    list.push(*reader);
                }
            }
        }
        found.sort();
        found
    }
}

/// Whether every value with a name is a scalar, or a softmax of named scalars or a short target, whose elements are named.
pub(crate) fn is_of_neurons(derivation: &Derivation) -> bool {
    derivation.numbered().all(|(id, equation)| is_of_a_neuron(equation) || is_of_classes(derivation, id))
        && derivation.parameters.iter().all(|parameter| derivation.shape(parameter.equation) == Shape::Scalar)
        && derivation
            .numbered()
            .any(|(_, equation)| is_of_a_neuron(equation) && equation.role == Role::Forward)
}

/// Whether an equation is of a scalar, and of no array.
fn is_of_a_neuron(equation: &Equation) -> bool {
    let plain = matches!(
        equation.op,
        Op::Given
            | Op::Setting(_)
            | Op::Pointwise(_)
            | Op::BatchMean(_)
            | Op::BatchSum(_)
            | Op::BatchWeightedMean(..)
    );
    plain && equation.shape == Shape::Scalar
}

/// Whether an equation is of the few classes of a softmax that reads named scalars: of their row, of the target, of the
/// loss, of a gradient.
fn is_of_classes(derivation: &Derivation, id: EquationId) -> bool {
    let equation = derivation.equation(id);
    let short = match equation.shape {
        Shape::Scalar => true,
        Shape::Vector(n) => n <= ELEMENTS,
        Shape::Matrix(..) => false,
    };
    let target =
        || derivation.targets.iter().flat_map(|target| target.value.equations()).any(|own| *own == id);
    short
        && match equation.op {
            Op::Given => target(),
            Op::Stack(_) | Op::SoftmaxCrossEntropy(..) | Op::Index(..) => true,
            Op::Softmax(z) => matches!(derivation.equation(z).op, Op::Stack(_)),
            Op::Sum(x) => matches!(derivation.equation(x).op, Op::Given | Op::Stack(_)),
            Op::Pointwise(_) => is_unnamed(derivation, id) && equation.role != Role::Forward,
            Op::Setting(_)
            | Op::Concat(_)
            | Op::Slice(..)
            | Op::Transpose(_)
            | Op::VectorMatrix(..)
            | Op::MatrixVector(..)
            | Op::Outer(..)
            | Op::Dot(..)
            | Op::LogSoftmax(_)
            | Op::SumSquares(_)
            | Op::BatchMean(_)
            | Op::BatchSum(_)
            | Op::BatchWeightedMean(..) => false,
        }
}
