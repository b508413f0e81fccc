//! The plan of the generated code: for each entry point which equations it computes, in which
//! order, where each value lives and by which kernel. A plan may leave out what an entry does not
//! need and let one kernel do two equations; it invents none.

mod descents;
mod errors;
mod loops;
mod products;
mod stages;

use std::collections::{BTreeSet, HashSet};

use crate::{
    diagnostic::Diagnostic,
    ir::{
        Derivation, Parameter,
        array::Op,
        equation::{Equation, EquationId, Per, Role, Symbol},
    },
    limits,
    number::Arithmetic,
    shape::Shape,
};

pub use descents::{Descent, descents};
pub use loops::{MOST_ARRAYS, is_elementwise, is_update, loops};
pub use products::{Multiplication, multiplication, outer};
pub use stages::Stage;

/// What the generated code can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entry {
    /// The outputs of a sample.
    Forward,
    /// Every named value of the forward pass.
    Trace,
    /// The loss of a sample.
    Loss,
    /// The loss of a sample; its gradients are added to those of the batch.
    Accumulate,
    /// What is added once for a batch.
    Penalty,
    /// The same; its gradients are added to those of the batch.
    Penalize,
    /// The update from the mean gradients.
    Step,
}

/// Where a value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Handed in by the caller, or part of the network, the gradients or the optimizer.
    Given,
    /// A local variable; of an array, one for each element, in the loop that computes and reads it.
    Local,
    /// A field of the workspace.
    Workspace,
    /// Added to a field of the gradients.
    Gradients,
    /// Written over the parameter, or the state of the optimizer, that it updates.
    Updated,
    /// Nowhere: the kernel of the equation that uses it computes it on the way.
    Fused,
}

/// One equation of an entry point.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Which.
    pub equation: EquationId,
    /// Where its value goes.
    pub place: Place,
}

/// The equations of an entry point, in order.
#[derive(Clone, Debug)]
pub struct Routine {
    /// Which entry point.
    pub entry: Entry,
    /// Its steps, by the number of their equation.
    pub steps: Vec<Step>,
    /// The same for a block of samples; none where there are no blocks.
    pub stages: Vec<Stage>,
}

/// The plan of a derivation.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The entry points that the network has.
    pub routines: Vec<Routine>,
    /// The values kept in the workspace, in order.
    pub workspace: Vec<EquationId>,
    /// Whether layers are written out number by number.
    pub unrolled: bool,
    /// How many samples a block has; 1 where there are no blocks.
    pub block: usize,
    /// The values that the workspace keeps for each sample of a block.
    pub kept: BTreeSet<EquationId>,
}

/// Makes the plan of a derivation.
pub fn plan(derivation: &Derivation) -> Plan {
    let mut entries = vec![Entry::Forward, Entry::Trace];
    if derivation.loss.is_some() {
        entries.extend([Entry::Loss, Entry::Accumulate]);
    }
    if derivation.loss.as_ref().is_some_and(|loss| loss.penalty.is_some()) {
        entries.extend([Entry::Penalty, Entry::Penalize]);
    }
    if derivation.training.is_some() {
        entries.push(Entry::Step);
    }
    let fused = fused(derivation);
    let routine = |entry| routine(derivation, entry, &fused);
    let mut routines: Vec<Routine> = entries.into_iter().map(routine).collect();
    let mut kept = BTreeSet::new();
    let wanted = stages::wanted(derivation);
    if wanted > 1 {
        for routine in routines.iter_mut().filter(|routine| routine.entry.is_over_samples()) {
            routine.stages = stages::stages(derivation, routine);
            kept.extend(stages::kept(derivation, routine, &routine.stages));
        }
    }
    if !routines.iter().flat_map(|routine| &routine.stages).any(|stage| matches!(stage, Stage::Product(_))) {
        routines.iter_mut().for_each(|routine| routine.stages.clear());
        kept.clear();
    }
    let block = if kept.is_empty() { 1 } else { stages::block(derivation, wanted, &kept) };
    let workspace: BTreeSet<EquationId> =
        routines.iter().flat_map(Routine::in_workspace).chain(kept.iter().copied()).collect();
    let unrolled = is_unrolled(derivation);
    Plan { routines, workspace: workspace.into_iter().collect(), unrolled, block, kept }
}

/// The derivation, if its workspace is within the limit.
pub(crate) fn fitting(derivation: Derivation) -> Result<Derivation, Diagnostic> {
    let counts = derivation.numbered().map(|(id, _)| derivation.shape(id).count());
    let numbers = counts.fold(0, usize::saturating_add);
    // What a block keeps is little, or about a quarter of the parameters: below this no plan need be made.
    if numbers.saturating_mul(derivation.header.precision.bytes()) <= limits::WORKSPACE_BYTES / 2 {
        return Ok(derivation);
    }
    let bytes = plan(&derivation).workspace_bytes(&derivation);
    match bytes <= limits::WORKSPACE_BYTES {
        true => Ok(derivation),
        false => Err(errors::workspace_too_large(bytes, derivation.header.name_span)),
    }
}

/// Multiply-adds of a forward pass up to which layers are written out: about there loops over
/// registers become quicker than numbers, and code long.
pub const UNROLLED: usize = 300;

/// Whether layers are written out: as the specification says, else by what they cost.
pub fn is_unrolled(derivation: &Derivation) -> bool {
    derivation.header.unroll.unwrap_or(derivation.multiply_adds() <= UNROLLED)
}

impl Entry {
    /// Whether it computes results of every sample of a batch.
    fn is_over_samples(self) -> bool {
        matches!(self, Entry::Forward | Entry::Loss | Entry::Accumulate)
    }
}

impl Plan {
    /// The plan of one entry point.
    pub fn routine(&self, entry: Entry) -> Option<&Routine> {
        self.routines.iter().find(|routine| routine.entry == entry)
    }

    /// Bytes of the workspace.
    pub fn workspace_bytes(&self, derivation: &Derivation) -> usize {
        let times = |id: &EquationId| self.samples(*id).unwrap_or(1);
        let elements: usize = self.workspace.iter().map(|id| derivation.shape(*id).count() * times(id)).sum();
        (elements * derivation.header.precision.bytes()).next_multiple_of(self.alignment().unwrap_or(1))
    }

    /// To what the arrays are aligned, where kernels run: a register loaded from two lines of the cache takes
    /// twice as long.
    pub fn alignment(&self) -> Option<usize> {
        (!self.unrolled).then_some(64)
    }

    /// For how many samples the workspace keeps a value; `None` where for one alone.
    pub fn samples(&self, id: EquationId) -> Option<usize> {
        self.kept.contains(&id).then_some(self.block)
    }
}

impl Routine {
    fn in_workspace(&self) -> impl Iterator<Item = EquationId> {
        self.steps.iter().filter(|step| step.place == Place::Workspace).map(|step| step.equation)
    }

    /// Where a value lives in this routine.
    pub fn place(&self, id: EquationId) -> Option<Place> {
        let index = self.steps.binary_search_by_key(&id, |step| step.equation).ok()?;
        self.steps.get(index).map(|step| step.place)
    }
}

/// What an entry point must have computed at its end.
pub fn roots(derivation: &Derivation, entry: Entry) -> Vec<EquationId> {
    match entry {
        Entry::Forward => derivation.output().map_or(Vec::new(), |layer| layer.value.equations().to_vec()),
        Entry::Trace => traced(derivation),
        Entry::Loss => derivation.loss.iter().map(|loss| loss.total).collect(),
        Entry::Accumulate => {
            let gradients = derivation.parameters.iter().filter_map(|parameter| parameter.batch());
            derivation.loss.iter().map(|loss| loss.total).chain(gradients).collect()
        }
        Entry::Penalty => derivation.loss.iter().filter_map(|loss| loss.penalty).collect(),
        Entry::Penalize => {
            let penalized =
                derivation.parameters.iter().filter(|parameter| parameter.objective() != parameter.batch());
            let gradients = penalized.filter_map(|parameter| parameter.objective());
            derivation.loss.iter().filter_map(|loss| loss.penalty).chain(gradients).collect()
        }
        Entry::Step => {
            let changed =
                |p: &Parameter| p.state().iter().map(|state| state.updated).chain(p.updated()).collect();
            derivation.parameters.iter().flat_map::<Vec<EquationId>, _>(changed).collect()
        }
    }
}

/// The named values of the forward pass.
pub fn traced(derivation: &Derivation) -> Vec<EquationId> {
    let named = |symbol: &Symbol| matches!(symbol, Symbol::Named(_) | Symbol::Local(_) | Symbol::Net(_));
    let forward = derivation.numbered().filter(|(_, e)| e.role == Role::Forward && named(&e.symbol));
    forward.map(|(id, _)| id).collect()
}

/// What an entry point finds computed when it starts.
fn is_given(derivation: &Derivation, entry: Entry, id: EquationId) -> bool {
    let equation = derivation.equation(id);
    matches!(equation.op, Op::Given | Op::Setting(_))
        || match entry {
            Entry::Penalize => matches!(equation.symbol, Symbol::BatchGradient(..)),
            Entry::Step => {
                matches!(equation.symbol, Symbol::BatchGradient(..) | Symbol::ObjectiveGradient(_))
            }
            _ => false,
        }
}

fn routine(derivation: &Derivation, entry: Entry, fused: &HashSet<EquationId>) -> Routine {
    let live = live(derivation, entry);
    let steps = live.iter().map(|id| Step { equation: *id, place: place(derivation, entry, *id, fused) });
    let mut routine = Routine { entry, steps: steps.collect(), stages: Vec::new() };
    if !is_unrolled(derivation) {
        let passing = loops::passing(derivation, &routine);
        for step in routine.steps.iter_mut().filter(|step| passing.contains(&step.equation)) {
            step.place = Place::Local;
        }
    }
    routine
}

/// All equations that the roots of an entry point need, operands first.
fn live(derivation: &Derivation, entry: Entry) -> Vec<EquationId> {
    let mut wanted: HashSet<EquationId> = roots(derivation, entry).into_iter().collect();
    for (id, equation) in derivation.numbered().rev() {
        if wanted.contains(&id) && !is_given(derivation, entry, id) {
            wanted.extend(equation.op.operands());
        }
    }
    let mut live: Vec<EquationId> = wanted.into_iter().collect();
    live.sort_unstable();
    live
}

fn place(derivation: &Derivation, entry: Entry, id: EquationId, fused: &HashSet<EquationId>) -> Place {
    let equation = derivation.equation(id);
    if is_given(derivation, entry, id) {
        return Place::Given;
    }
    match (&equation.op, &equation.symbol) {
        (_, Symbol::BatchGradient(..) | Symbol::ObjectiveGradient(_)) => Place::Gradients,
        (_, Symbol::Updated(_)) => Place::Updated,
        _ if fused.contains(&id) => Place::Fused,
        _ if equation.shape == Shape::Scalar => Place::Local,
        _ => Place::Workspace,
    }
}

/// What the kernel of a use computes on the way: gradients of parameters that are added to those of
/// the batch, transposed matrices whose every use is a product, and products to which a bias is added.
fn fused(derivation: &Derivation) -> HashSet<EquationId> {
    let transposed = |(_, e): &(EquationId, &Equation)| matches!(e.op, Op::Transpose(_));
    let mut fused: HashSet<EquationId> = derivation.numbered().filter(transposed).map(|(id, _)| id).collect();
    for (_, equation) in derivation.numbered() {
        match &equation.op {
            Op::VectorMatrix(x, _) | Op::MatrixVector(_, x) => {
                fused.remove(x);
            }
            op => op.operands().iter().for_each(|operand| {
                fused.remove(operand);
            }),
        }
    }
    let parameters: HashSet<EquationId> = derivation.parameters.iter().map(|p| p.equation).collect();
    for (id, equation) in derivation.numbered() {
        let of_parameter = match equation.symbol {
            Symbol::Gradient(of) | Symbol::PenaltyGradient(of) => parameters.contains(&of),
            _ => false,
        };
        if of_parameter && is_added_at_once(derivation, id) {
            fused.insert(id);
        }
    }
    fused.extend(products::with_bias(derivation));
    fused
}

/// A gradient that is one product of vectors or a copy is added to the batch's at once; where that is
/// to be rounded once, any product.
fn is_added_at_once(derivation: &Derivation, id: EquationId) -> bool {
    match &derivation.equation(id).op {
        Op::Outer(..) => true,
        Op::Pointwise(formula) => {
            let leaf = formula.as_leaf().map(EquationId);
            let copy = leaf.is_some_and(|leaf| derivation.shape(leaf) == derivation.shape(id));
            copy || derivation.header.arithmetic == Arithmetic::Fused && formula.as_product().is_some()
        }
        _ => false,
    }
}

/// Proves that each entry point computes each live equation once, after what it uses, keeps no value of a
/// sample past the sample, and that kernels may take the steps they take; or says what does not hold.
pub fn verify(derivation: &Derivation, plan: &Plan) -> Result<(), String> {
    for routine in &plan.routines {
        let entry = routine.entry;
        let mut done: HashSet<EquationId> = HashSet::new();
        for step in &routine.steps {
            let name = derivation.name_of(step.equation);
            let equation = derivation.equation(step.equation);
            let operands = equation.op.operands();
            let missing = operands.iter().find(|operand| !done.contains(operand));
            if let (Some(missing), true) = (missing, step.place != Place::Given) {
                return Err(format!(
                    "{entry:?}: {name} needs {}, not computed yet",
                    derivation.name_of(*missing)
                ));
            }
            if !done.insert(step.equation) {
                return Err(format!("{entry:?}: {name} is computed twice"));
            }
            let kept = matches!(step.place, Place::Updated | Place::Gradients);
            if kept && equation.per == Per::Sample {
                return Err(format!("{entry:?}: {name} belongs to a sample but is kept"));
            }
        }
        if let Some(missing) = roots(derivation, entry).into_iter().find(|root| !done.contains(root)) {
            return Err(format!("{entry:?}: {} is missing", derivation.name_of(missing)));
        }
        if done.len() != live(derivation, entry).len() {
            return Err(format!("{entry:?} computes an equation that nothing needs"));
        }
        if !routine.stages.is_empty() {
            stages::verify(derivation, plan, routine)?;
        }
    }
    descents::verify(derivation, plan)
}
