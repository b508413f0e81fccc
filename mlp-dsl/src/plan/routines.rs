//! The routines of a plan, and the layout that they need.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Entry, Field, Instruction, Layout, Operand, Output, Plan, Routine, Storage, Sums,
    blocks::{self, Stages},
    descents::{Descent, Stepping, count, descents},
    facts::{Both, Facts},
    isa,
    lower::Lowering,
    schedule::{Schedule, traced},
    thresholds,
};

use crate::ir::{Parameter, Value, array::Op, equation::EquationId};

/// What routines are made from: schedules of the entry points, in stages where blocks are planned.
struct Making<'m> {
    both: &'m Both<'m>,
    /// Those of a step of training.
    facts: &'m Facts<'m>,
    schedules: BTreeMap<Entry, Schedule>,
    stages: BTreeMap<Entry, Stages>,
    /// The values that the workspace keeps for each sample of a block.
    kept: BTreeSet<EquationId>,
    descents: Vec<Descent>,
    /// Whether a step on one sample is one routine into which its parts are inlined.
    single_step: bool,
}

pub(super) fn plan(both: &Both<'_>) -> Plan {
    let facts = &both.training;
    let schedules = schedules(both);
    let wanted = blocks::wanted(facts);
    let stages = if wanted > 1 { stages(both, &schedules) } else { BTreeMap::new() };
    let kept: BTreeSet<EquationId> =
        stages.iter().flat_map(|(entry, stages)| stages.kept(both.of(*entry), *entry)).collect();
    let block = if kept.is_empty() { 1 } else { blocks::size(facts.derivation, wanted, &kept) };
    let descents = schedules.get(&Entry::Step).map_or(Vec::new(), |step| descents(facts, step));
    let single_step = is_single_step(facts, &schedules);
    let making = Making { both, facts, schedules, stages, kept, descents, single_step };
    let routines = making.routines();
    let layout = layout(both, &routines, &making.kept, block);
    Plan {
        layout,
        routines,
        unrolled: facts.unrolled,
        block,
        functions: facts.functions.clone(),
        functions_take_isa: facts.functions_take_isa,
        constant_start: facts.derivation.parameter_count() <= thresholds::CONSTANT_PARAMETERS,
    }
}

fn schedules(both: &Both<'_>) -> BTreeMap<Entry, Schedule> {
    let facts = &both.training;
    let mut entries = vec![Entry::Forward, Entry::Trace];
    if let Some(loss) = &facts.derivation.loss {
        entries.extend([Entry::Loss, Entry::Accumulate]);
        if !loss.inputs.is_empty() {
            entries.extend([Entry::InputGradient, Entry::AccumulateWithInput]);
        }
        if loss.penalty.is_some() {
            entries.extend([Entry::Penalty, Entry::Penalize]);
        }
        if loss.is_weighted_mean() {
            entries.push(Entry::Weight);
        }
    }
    if facts.derivation.pull_back.is_some() {
        entries.push(Entry::PullBack);
    }
    if facts.derivation.training.is_some() {
        entries.push(Entry::Step);
    }
    entries.into_iter().map(|entry| (entry, Schedule::new(both.of(entry), entry))).collect()
}

/// The stages of the entry points over samples; none where no product gains from a block.
fn stages(both: &Both<'_>, schedules: &BTreeMap<Entry, Schedule>) -> BTreeMap<Entry, Stages> {
    let over_samples = [
        Entry::Forward,
        Entry::Loss,
        Entry::Accumulate,
        Entry::InputGradient,
        Entry::AccumulateWithInput,
        Entry::PullBack,
    ];
    let schedules = over_samples.iter().filter_map(|entry| Some((*entry, schedules.get(entry)?)));
    let stages: BTreeMap<Entry, Stages> =
        schedules.map(|(entry, schedule)| (entry, Stages::new(both.of(entry), schedule))).collect();
    if stages.values().any(Stages::has_products) { stages } else { BTreeMap::new() }
}

/// Whether a step on one sample is one routine: where everything is written out and short, and functions or sums
/// depend on the instruction set. A penalty or a division comes between gradients and step.
fn is_single_step(facts: &Facts<'_>, schedules: &BTreeMap<Entry, Schedule>) -> bool {
    facts.unrolled
        && facts.multiply_adds <= thresholds::SINGLE_STEP
        && schedules.contains_key(&Entry::Step)
        && !schedules.contains_key(&Entry::Penalize)
        && !schedules.contains_key(&Entry::Weight)
        && facts.functions_take_isa
}

impl Making<'_> {
    fn routines(&self) -> Vec<Routine> {
        let single = self
            .schedules
            .iter()
            .map(|(entry, schedule)| self.routine(*entry, self.single(*entry, schedule)));
        let mut routines: Vec<Routine> = single.collect();
        routines.extend(self.train().map(|instructions| self.routine(Entry::Train, instructions)));
        routines
            .extend(self.blocks().into_iter().map(|(entry, instructions)| self.routine(entry, instructions)));
        routines
    }

    fn routine(&self, entry: Entry, instructions: Vec<Instruction>) -> Routine {
        let parts = [Entry::Accumulate, Entry::Step, Entry::Train];
        let of_single_step = self.single_step && parts.contains(&entry);
        // A trace is for people: it is not worth code for each instruction set.
        let needs_isa =
            entry != Entry::Trace && (of_single_step || isa::needs_isa(self.both.of(entry), &instructions));
        Routine { entry, instructions, needs_isa, inlined: of_single_step && entry != Entry::Train }
    }

    /// An entry point for one sample, or for none.
    fn single(&self, entry: Entry, schedule: &Schedule) -> Vec<Instruction> {
        let lowering = Lowering::new(self.both.of(entry), entry, schedule);
        let mut instructions = Vec::new();
        let accumulates = matches!(entry, Entry::Accumulate | Entry::AccumulateWithInput);
        instructions.extend(self.cleared().filter(|_| accumulates));
        instructions.extend(count(&lowering).filter(|_| entry == Entry::Step));
        instructions.extend(lowering.groups(&schedule.groups));
        instructions.extend(self.drawn().filter(|_| entry == Entry::Accumulate));
        instructions.extend(self.results(entry, &lowering));
        instructions
    }

    /// What an entry point for one sample hands over at its end.
    fn results(&self, entry: Entry, lowering: &Lowering<'_>) -> Vec<Instruction> {
        let derivation = self.both.of(entry).derivation;
        let returned = |id: EquationId| vec![Instruction::Return(lowering.operand(id))];
        match entry {
            Entry::Forward => self.output(lowering),
            Entry::Trace => {
                traced(derivation).iter().map(|id| Instruction::Trace(lowering.operand(*id))).collect()
            }
            Entry::Loss | Entry::Accumulate => {
                derivation.loss.iter().flat_map(|loss| returned(loss.total)).collect()
            }
            Entry::InputGradient | Entry::AccumulateWithInput => {
                let loss = derivation.loss.iter();
                let written = loss.clone().map(|loss| self.input_gradient(&loss.inputs, lowering));
                written.chain(loss.flat_map(|loss| returned(loss.total))).collect()
            }
            Entry::PullBack => {
                let back = derivation.pull_back.iter();
                back.map(|back| self.input_gradient(&back.inputs, lowering)).collect()
            }
            Entry::Weight => {
                derivation.loss.iter().filter_map(|loss| loss.weight).flat_map(returned).collect()
            }
            Entry::Penalty | Entry::Penalize => {
                derivation.loss.iter().filter_map(|loss| loss.penalty).flat_map(returned).collect()
            }
            Entry::Step
            | Entry::Train
            | Entry::ForwardBlock
            | Entry::LossBlock
            | Entry::SamplesBlock
            | Entry::AccumulateBlock
            | Entry::TrainBlock
            | Entry::InputGradientBlock
            | Entry::AccumulateWithInputBlock
            | Entry::PullBackBlock => Vec::new(),
        }
    }

    /// The gradient with respect to the input: one equation for each of the inputs, in order.
    fn input_gradient(&self, inputs: &[EquationId], lowering: &Lowering<'_>) -> Instruction {
        let places = inputs.iter().scan(0, |next, id| {
            let place = *next;
            *next += self.facts.shape(*id).count();
            Some((lowering.operand(*id), place))
        });
        Instruction::InputGradient(places.collect())
    }

    fn output(&self, lowering: &Lowering<'_>) -> Vec<Instruction> {
        let output = self.facts.derivation.output().map(|layer| match &layer.value {
            Value::Whole(id) => Output::Whole(lowering.operand(*id)),
            Value::Packed(ids) => Output::Packed(ids.iter().map(|id| lowering.operand(*id)).collect()),
        });
        output.map(Instruction::Output).into_iter().collect()
    }

    fn added_loss(&self, lowering: &Lowering<'_>) -> Vec<Instruction> {
        let loss = self.facts.derivation.loss.iter();
        loss.map(|loss| Instruction::AddLoss(lowering.operand(loss.total))).collect()
    }

    /// The end of samples with masks.
    fn drawn(&self) -> Option<Instruction> {
        (!self.facts.derivation.dropouts.is_empty()).then_some(Instruction::Drawn)
    }

    /// Gradients to which no sample adds.
    fn cleared(&self) -> Option<Instruction> {
        let fields = self.gradients(|parameter| parameter.batch().is_none());
        (!fields.is_empty()).then_some(Instruction::Clear(fields))
    }

    /// Gradients of trained parameters.
    fn gradients(&self, is: impl Fn(&Parameter) -> bool) -> Vec<Operand> {
        let parameters = self.facts.derivation.parameters.iter();
        let fields = parameters.filter(|parameter| !parameter.frozen && is(parameter)).map(|parameter| {
            let of = parameter.equation;
            Operand {
                value: parameter.batch().unwrap_or(of),
                shape: self.facts.shape(of),
                storage: Storage::Gradient(of),
            }
        });
        fields.collect()
    }

    /// The loss of a sample and the step, where that is more than one after the other. A weighted mean divides between them.
    fn train(&self) -> Option<Vec<Instruction>> {
        if self.single_step {
            let parts = [Entry::Accumulate, Entry::Step];
            return Some(parts.map(Instruction::Run).to_vec());
        }
        let (accumulate, step) = self.training().filter(|_| !self.schedules.contains_key(&Entry::Weight))?;
        let stepping = self.stepping(step);
        let mut accumulation = self.single(Entry::Accumulate, accumulate);
        let loss = accumulation.pop();
        let (mut instructions, descents) = stepping.split(accumulation);
        instructions.extend(stepping.numbers());
        instructions.extend(descents);
        instructions.extend(stepping.updates());
        instructions.extend(loss);
        Some(instructions)
    }

    /// The schedules of training, where descents take steps.
    fn training(&self) -> Option<(&Schedule, &Schedule)> {
        let schedules = (self.schedules.get(&Entry::Accumulate)?, self.schedules.get(&Entry::Step)?);
        (!self.descents.is_empty()).then_some(schedules)
    }

    fn stepping<'s>(&'s self, step: &'s Schedule) -> Stepping<'s> {
        let lowering = Lowering::new(self.facts, Entry::Step, step);
        Stepping { lowering, descents: &self.descents }
    }

    /// The entry points for a block of samples.
    fn blocks(&self) -> Vec<(Entry, Vec<Instruction>)> {
        let mut blocks = Vec::new();
        for (entry, stages) in &self.stages {
            let Some(schedule) = self.schedules.get(entry) else { continue };
            let mut lowering = Lowering::new(self.both.of(*entry), *entry, schedule);
            let last = |lowering: &Lowering<'_>| self.of_block(*entry, lowering);
            let samples = stages.instructions(&mut lowering, &self.kept, last);
            if let Some(block) = with_input(*entry) {
                let mut instructions = samples;
                if block != Entry::InputGradientBlock {
                    if *entry == Entry::AccumulateWithInput {
                        instructions.splice(0..0, self.cleared());
                    }
                    instructions.extend(stages.sums(&lowering).into_iter().map(Instruction::Accumulate));
                    instructions.push(self.divided(stages, *entry));
                }
                blocks.push((block, instructions));
            } else if *entry == Entry::Accumulate {
                let samples = self.cleared().into_iter().chain(samples).chain(self.drawn()).collect();
                blocks.push((Entry::SamplesBlock, samples));
                blocks.extend(self.sums(stages, &lowering));
            } else {
                let block = if *entry == Entry::Forward { Entry::ForwardBlock } else { Entry::LossBlock };
                blocks.push((block, samples));
            }
        }
        blocks
    }

    /// What a block hands over for each of its samples.
    fn of_block(&self, entry: Entry, lowering: &Lowering<'_>) -> Vec<Instruction> {
        let derivation = self.facts.derivation;
        if entry == Entry::Forward {
            return self.output(lowering);
        }
        if entry == Entry::PullBack {
            let back = derivation.pull_back.iter();
            return back.map(|back| self.input_gradient(&back.inputs, lowering)).collect();
        }
        let mut all = self.added_loss(lowering);
        if matches!(entry, Entry::InputGradient | Entry::AccumulateWithInput) {
            all.extend(derivation.loss.iter().map(|loss| self.input_gradient(&loss.inputs, lowering)));
        }
        all
    }

    /// The division of the gradients that no kernel divides: kernels divide the sums of outer products.
    fn divided(&self, stages: &Stages, entry: Entry) -> Instruction {
        let is_sum = |id: EquationId| stages.sums.contains(&id);
        match (entry, &self.facts.derivation.pull_back) {
            (Entry::PullBack, Some(back)) => {
                let own = back.parameters.iter().filter(|own| !is_sum(own.batch));
                let fields = own.map(|own| Operand {
                    value: own.batch,
                    shape: self.facts.shape(own.parameter),
                    storage: Storage::Gradient(own.parameter),
                });
                Instruction::Divide(fields.collect())
            }
            _ => Instruction::Divide(self.gradients(|parameter| !parameter.batch().is_some_and(is_sum))),
        }
    }

    /// The entry points that begin with the samples of a block.
    fn sums(&self, stages: &Stages, lowering: &Lowering<'_>) -> Vec<(Entry, Vec<Instruction>)> {
        let samples = Instruction::Run(Entry::SamplesBlock);
        let sums: Vec<Instruction> = stages.sums(lowering).into_iter().map(Instruction::Accumulate).collect();
        let divided = self.divided(stages, Entry::Accumulate);
        let mut accumulate = vec![samples.clone()];
        accumulate.extend(sums.iter().cloned());
        accumulate.push(divided.clone());
        let mut blocks = vec![(Entry::AccumulateBlock, accumulate)];
        if let Some((_, step)) = self.training() {
            let stepping = self.stepping(step);
            let mut train = vec![samples];
            train.extend(stepping.numbers());
            train.extend(sums.iter().map(|sum| stepping.descend(sum).unwrap_or_else(|| sum.clone())));
            train.push(divided);
            train.extend(stepping.updates());
            blocks.push((Entry::TrainBlock, train));
        }
        blocks
    }
}

/// The entry point for a block of samples of one that writes the gradient with respect to the input.
fn with_input(entry: Entry) -> Option<Entry> {
    let blocks = [
        (Entry::InputGradient, Entry::InputGradientBlock),
        (Entry::AccumulateWithInput, Entry::AccumulateWithInputBlock),
        (Entry::PullBack, Entry::PullBackBlock),
    ];
    blocks.into_iter().find(|(sample, _)| *sample == entry).map(|(_, block)| block)
}

/// The sums of groups of samples. Where the network is small they are on the stack, when a batch needs them: few batches
/// are that long, and a workspace may be all the memory that there is.
fn sums(facts: &Facts<'_>) -> Option<Sums> {
    let d = facts.derivation;
    if d.loss.is_none() && d.pull_back.is_none() {
        return None;
    }
    d.header.precision.group()?;
    let trained = d.parameters.iter().filter(|parameter| !parameter.frozen);
    let numbers: usize = trained.map(|parameter| facts.shape(parameter.equation).count()).sum();
    let in_workspace = numbers * size_of::<f64>() > thresholds::SUMS_ON_STACK_BYTES;
    (numbers > 0).then_some(Sums { numbers, in_workspace })
}

fn layout(both: &Both<'_>, routines: &[Routine], kept: &BTreeSet<EquationId>, block: usize) -> Layout {
    let facts = &both.training;
    let d = facts.derivation;
    let field = |value: EquationId| Field { value, shape: facts.shape(value), samples: None };
    let stored = |routine: &Routine| {
        let operands = routine.instructions.iter().flat_map(|instruction| {
            let (reads, writes) = instruction.operands();
            reads.into_iter().chain(writes)
        });
        // In a block what is kept is in rows.
        let is_row = |value: &EquationId| routine.entry.is_block() && kept.contains(value);
        let stored = operands.filter(|operand| operand.storage == Storage::Workspace);
        stored.map(|operand| operand.value).filter(|value| !is_row(value)).collect::<Vec<_>>()
    };
    let values: BTreeSet<EquationId> = routines.iter().flat_map(stored).collect();
    let workspace: Vec<Field> = values.into_iter().map(field).collect();
    let rows: Vec<Field> = kept.iter().map(|value| Field { samples: Some(block), ..field(*value) }).collect();
    let is_number = |id: &EquationId| matches!(d.equation(*id).op, Op::Setting(_));
    let settings = d.training.iter().flat_map(|training| &training.settings).copied().filter(is_number);
    let settings: Vec<Field> = settings.map(field).collect();
    let counts_steps = d.training.as_ref().is_some_and(|training| training.step.is_some());
    let states = d.parameters.iter().flat_map(Parameter::state);
    let states: Vec<Field> = states.map(|state| field(state.equation)).collect();
    let bytes = |fields: &[Field]| {
        let numbers = fields.iter().map(|field| field.shape.count() * field.samples.unwrap_or(1));
        numbers.sum::<usize>() * d.header.precision.bytes()
    };
    let alignment = (!facts.unrolled).then_some(thresholds::ALIGNMENT);
    let parameter_bytes = d.parameter_count() * d.header.precision.bytes();
    let aligned = |bytes: usize| bytes.next_multiple_of(alignment.unwrap_or(1));
    let draws = !d.dropouts.is_empty();
    let numbers = if draws { 2 * size_of::<u64>() } else { 0 };
    let own = (bytes(&workspace) + numbers).next_multiple_of(if draws { size_of::<u64>() } else { 1 });
    let workspace_bytes = aligned(own);
    let optimizer_bytes = bytes(&settings) + bytes(&states) + if counts_steps { 8 } else { 0 };
    let trace: Vec<Field> = traced(both.of(Entry::Trace).derivation).into_iter().map(field).collect();
    let by_value = parameter_bytes <= thresholds::BY_VALUE_BYTES;
    let sample_by_value = workspace_bytes + bytes(&trace) <= thresholds::BY_VALUE_BYTES;
    let sums = sums(facts);
    let for_batches = workspace_bytes + bytes(&rows);
    let batch_workspace_bytes = match sums.filter(|sums| sums.in_workspace) {
        Some(sums) => {
            let bytes = for_batches + sums.workspace_bytes();
            bytes.next_multiple_of(alignment.unwrap_or(size_of::<f64>()))
        }
        None => aligned(for_batches),
    };
    Layout {
        parameters: d.parameters.iter().map(|parameter| field(parameter.equation)).collect(),
        gradients: d.parameters.iter().filter(|p| !p.frozen).map(|p| field(p.equation)).collect(),
        settings,
        counts_steps,
        states,
        workspace,
        rows,
        draws,
        sums,
        trace,
        alignment,
        parameter_bytes,
        workspace_bytes,
        batch_workspace_bytes,
        optimizer_bytes,
        by_value,
        sample_by_value,
    }
}
