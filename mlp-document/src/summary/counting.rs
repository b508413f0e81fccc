//! Counts parameters, links and dimensions layer by layer.

use std::collections::{HashMap, HashSet};

use mlp_dsl::{
    formula::{Formula, Term, TermId},
    ir::{
        Derivation, Value,
        array::Op,
        equation::{Equation, EquationId, Per, Role},
    },
    kind::ParameterKind,
    never::OrNever,
    shape::Shape,
};

use super::{LayerSummary, Product, Tally, activation::activation};

/// Walks over the layers and remembers which parameters have been counted.
pub(super) struct Counting<'d> {
    derivation: &'d Derivation,
    batch: u64,
    parameters: HashMap<EquationId, ParameterKind>,
    counted: HashSet<EquationId>,
    next: usize,
}

impl<'d> Counting<'d> {
    pub(super) fn new(derivation: &'d Derivation, batch: u64) -> Self {
        let parameters = derivation.parameters.iter().map(|p| (p.equation, p.kind)).collect();
        Counting { derivation, batch, parameters, counted: HashSet::new(), next: 0 }
    }

    /// The equations of a layer are those since the layer before it.
    pub(super) fn layer(&mut self, index: usize) -> Option<LayerSummary> {
        let layer = self.derivation.layers.get(index)?;
        let start = self.next;
        let last = layer.value.equations().iter().map(|id| id.index()).max()?;
        self.next = start.max(last + 1);
        let own: Vec<&Equation> = self.derivation.equations.get(start..self.next)?.iter().collect();
        let own: Vec<&Equation> = own.into_iter().filter(|e| e.role == Role::Forward).collect();
        let neurons = layer.shape.count() as u64;
        let mut tally = Tally::default();
        own.iter().for_each(|equation| self.count(equation, &mut tally));
        let products = match layer.value {
            Value::Whole(_) => own.iter().filter_map(|equation| self.product(equation)).collect(),
            Value::Packed(_) if tally.weight_links == 0 => Vec::new(),
            Value::Packed(_) => vec![Product::rows(self.batch, self.sources(start, &own), neurons)],
        };
        let dropout = layer.value.equations().first().and_then(|id| self.derivation.dropout(*id));
        let computed = dropout.map(|dropout| vec![dropout.full]);
        let mut activations: Vec<&str> = Vec::new();
        for id in computed.as_deref().unwrap_or(layer.value.equations()) {
            let activation = activation(self.derivation, *id);
            if !activations.contains(&activation) {
                activations.push(activation);
            }
        }
        let mut activation = activations.join(", ");
        if let Some(dropout) = dropout {
            activation.push_str(&format!(", dropout {}", dropout.rate));
        }
        Some(LayerSummary { name: layer.name.clone(), activation, neurons, products, tally })
    }

    /// Parameters that no layer uses.
    pub(super) fn rest(&self) -> Tally {
        let mut tally = Tally::default();
        let left = self.parameters.iter().filter(|(id, _)| !self.counted.contains(id));
        left.for_each(|(id, kind)| tally.count(*kind, self.size(*id), 0));
        tally
    }

    fn size(&self, id: EquationId) -> u64 {
        self.derivation.shape(id).count() as u64
    }

    /// Adds the uses of parameters by an equation.
    fn count(&mut self, equation: &Equation, tally: &mut Tally) {
        let uses = if let Op::Pointwise(formula) = &equation.op {
            leaf_uses(formula)
        } else {
            equation.op.operands().into_iter().map(|id| (id, 1)).collect()
        };
        for (id, times) in uses {
            let Some(kind) = self.parameters.get(&id).copied() else { continue };
            let size = self.size(id);
            // A scalar serves every element of a vector: a link to each.
            let each = if matches!(equation.op, Op::Pointwise(_)) && size == 1 {
                equation.shape.count() as u64
            } else {
                size
            };
            let distinct = if self.counted.insert(id) { size } else { 0 };
            tally.count(kind, distinct, each.saturating_mul(times));
        }
    }

    fn product(&self, equation: &Equation) -> Option<Product> {
        let (w, columns) = if let Op::VectorMatrix(_, w) = equation.op {
            (w, false)
        } else if let Op::MatrixVector(w, _) = equation.op {
            (w, true)
        } else {
            return None;
        };
        let Shape::Matrix(rows, width) = self.derivation.shape(w) else { return None };
        let (rows, width) = (rows as u64, width as u64);
        Some(match columns {
            false => Product::rows(self.batch, rows, width),
            true => Product::columns(self.batch, width, rows),
        })
    }

    /// How many numbers from outside the layer its neurons read, parameters not counted.
    fn sources(&self, start: usize, own: &[&Equation]) -> u64 {
        let operands = own.iter().flat_map(|equation| equation.op.operands());
        let outside: HashSet<EquationId> = operands
            .flat_map(|id| self.elements(id))
            .filter(|id| self.comes_from_outside(*id, start))
            .collect();
        outside.into_iter().map(|id| self.size(id)).fold(0, u64::saturating_add)
    }

    fn comes_from_outside(&self, id: EquationId, start: usize) -> bool {
        let equation = self.derivation.equation(id);
        let given = equation.op == Op::Given;
        equation.per == Per::Sample && (id.index() < start || given)
    }

    /// The scalars of a vector of named scalars; anything else is itself.
    fn elements(&self, id: EquationId) -> Vec<EquationId> {
        if let Op::Stack(elements) = &self.derivation.equation(id).op { elements.clone() } else { vec![id] }
    }
}

/// How many links each parameter has, in a network of named neurons.
pub(crate) fn links_of_neurons(derivation: &Derivation) -> HashMap<EquationId, u64> {
    let parameters: HashSet<EquationId> = derivation.parameters.iter().map(|p| p.equation).collect();
    let mut links = HashMap::new();
    for equation in derivation.equations.iter().filter(|equation| equation.role == Role::Forward) {
        let Op::Pointwise(formula) = &equation.op else { continue };
        for (id, times) in leaf_uses(formula).into_iter().filter(|(id, _)| parameters.contains(id)) {
            *links.entry(id).or_insert(0) += times;
        }
    }
    links
}

/// How often each leaf occurs in a formula as it is written; equal terms are kept only once.
fn leaf_uses(formula: &Formula) -> Vec<(EquationId, u64)> {
    let terms = formula.terms();
    let mut uses = vec![0_u64; terms.len()];
    if let Some(root) = uses.last_mut() {
        *root = 1;
    }
    let mut found = Vec::new();
    for (index, term) in terms.iter().enumerate().rev() {
        let times = uses.get(index).copied().or_never("each term has a count", 0);
        if let Term::Leaf(leaf) = term {
            found.push((EquationId(*leaf), times));
        }
        for TermId(operand) in term.operands() {
            if let Some(count) = uses.get_mut(operand as usize) {
                *count = count.saturating_add(times);
            }
        }
    }
    found.reverse();
    found
}
