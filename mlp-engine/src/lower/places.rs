//! Where each value is in memory.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use mlp_dsl::{
    ir::{Derivation, Value, array::Op, equation::EquationId},
    model::Reduction,
    plan::{Operand, Plan, Storage},
    shape::Shape,
};
use mlp_kernels::Scalar;

use crate::{
    error::Error,
    program::{Named, Parameter, Program, Routines, Target},
    start::literal,
    step::{At, Instruction},
};

/// Numbers up to which arrays are not aligned.
const SMALL: usize = 16;

/// The places of values; those of single numbers are made when they are asked for.
pub(super) struct Places {
    size: usize,
    parameters: BTreeMap<EquationId, usize>,
    gradients: BTreeMap<EquationId, usize>,
    settings: BTreeMap<EquationId, usize>,
    states: BTreeMap<EquationId, usize>,
    workspace: BTreeMap<EquationId, At>,
    /// Rows for the samples of a block.
    rows: BTreeMap<EquationId, At>,
    /// Whether the routine is for a block.
    pub(super) in_block: bool,
    trace: BTreeMap<EquationId, usize>,
    /// Elements of the input and of the target, from their first.
    data: BTreeMap<EquationId, usize>,
    input_at: usize,
    target_at: usize,
    output_gradient_at: usize,
    inputs: usize,
    targets: usize,
    locals: BTreeMap<EquationId, u32>,
    constants: BTreeMap<u64, u32>,
}

impl Places {
    pub(super) fn new(derivation: &Derivation, plan: &Plan) -> Self {
        let mut places = Places {
            size: 0,
            parameters: BTreeMap::new(),
            gradients: BTreeMap::new(),
            settings: BTreeMap::new(),
            states: BTreeMap::new(),
            workspace: BTreeMap::new(),
            rows: BTreeMap::new(),
            in_block: false,
            trace: BTreeMap::new(),
            data: BTreeMap::new(),
            input_at: 0,
            target_at: 0,
            output_gradient_at: 0,
            inputs: 0,
            targets: 0,
            locals: BTreeMap::new(),
            constants: BTreeMap::new(),
        };
        let layout = &plan.layout;
        places.parameters = places.fields(&layout.parameters);
        places.gradients = places.fields(&layout.gradients);
        places.settings = places.fields(&layout.settings);
        places.states = places.fields(&layout.states);
        places.trace = places.fields(&layout.trace);
        for field in &layout.workspace {
            let at = places.room(field.shape.count());
            places.workspace.insert(field.value, At { at, row: 0 });
        }
        for field in &layout.rows {
            let row = field.shape.count();
            let at = places.room(row * field.samples.unwrap_or(1));
            places.rows.insert(field.value, At { at, row });
        }
        places.place_data(derivation);
        places
    }

    fn fields(&mut self, fields: &[mlp_dsl::plan::Field]) -> BTreeMap<EquationId, usize> {
        fields.iter().map(|field| (field.value, self.room(field.shape.count()))).collect()
    }

    fn place_data(&mut self, derivation: &Derivation) {
        let mut data = BTreeMap::new();
        let mut place = |value: &Value, shape: Shape, next: &mut usize| {
            match value {
                Value::Whole(id) => {
                    data.insert(*id, *next);
                }
                Value::Packed(ids) => {
                    data.extend(ids.iter().enumerate().map(|(index, id)| (*id, *next + index)));
                }
            }
            *next += shape.count();
        };
        for input in &derivation.inputs {
            place(&input.value, input.shape, &mut self.inputs);
        }
        for target in &derivation.targets {
            place(&target.value, target.shape, &mut self.targets);
        }
        let mut outputs = 0;
        if let Some(back) = &derivation.pull_back {
            for id in &back.output {
                data.insert(*id, outputs);
                outputs += derivation.shape(*id).count();
            }
        }
        self.data = data;
        self.input_at = self.room(self.inputs);
        self.target_at = self.room(self.targets);
        self.output_gradient_at = self.room(outputs);
    }

    /// Room for this many numbers.
    pub(super) fn room(&mut self, count: usize) -> usize {
        if count >= SMALL {
            self.size = self.size.next_multiple_of(SMALL);
        }
        let at = self.size;
        self.size = self.size.saturating_add(count);
        at
    }

    /// Room for one number.
    pub(super) fn cell(&mut self) -> u32 {
        self.room(1) as u32
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The number of a literal or a declared constant.
    pub(super) fn constant(&mut self, number: f64) -> u32 {
        if let Some(cell) = self.constants.get(&number.to_bits()) {
            return *cell;
        }
        let cell = self.cell();
        self.constants.insert(number.to_bits(), cell);
        cell
    }

    /// Where a field of the trace is.
    pub(super) fn traced(&self, value: EquationId) -> Result<At, Error> {
        self.trace.get(&value).map(|at| At::once(*at)).ok_or(Error::Program)
    }

    /// Where a value is; a local number gets a place with its first use.
    pub(super) fn of(&mut self, operand: &Operand) -> Result<At, Error> {
        let once = |at: Option<&usize>| at.map(|at| At::once(*at)).ok_or(Error::Program);
        match operand.storage {
            Storage::Input => once(self.data.get(&operand.value)).map(|at| At::once(self.input_at + at.at)),
            Storage::Target => once(self.data.get(&operand.value)).map(|at| At::once(self.target_at + at.at)),
            Storage::OutputGradient => {
                let of = once(self.data.get(&operand.value));
                of.map(|at| At::once(self.output_gradient_at + at.at))
            }
            Storage::Parameter(of) => once(self.parameters.get(&of)),
            Storage::Gradient(of) => once(self.gradients.get(&of)),
            Storage::Setting(of) => once(self.settings.get(&of)),
            Storage::State(of) => once(self.states.get(&of)),
            Storage::Workspace => {
                let rows = self.rows.get(&operand.value).filter(|_| self.in_block);
                rows.or_else(|| self.workspace.get(&operand.value)).copied().ok_or(Error::Program)
            }
            Storage::StepNumber | Storage::Local => Ok(At::once(self.local(operand.value) as usize)),
            // Only a loop knows its own numbers.
            Storage::Temporary => Err(Error::Program),
        }
    }

    /// A local number.
    pub(super) fn local(&mut self, value: EquationId) -> u32 {
        if let Some(cell) = self.locals.get(&value) {
            return *cell;
        }
        let cell = self.cell();
        self.locals.insert(value, cell);
        cell
    }

    /// Constants with their places.
    pub(super) fn constants<S: Scalar>(&self) -> impl Iterator<Item = (usize, S)> {
        self.constants.iter().map(|(bits, cell)| (*cell as usize, literal(f64::from_bits(*bits))))
    }

    /// Settings with their places.
    pub(super) fn settings(&self, derivation: &Derivation) -> impl Iterator<Item = (usize, f64)> {
        self.settings.iter().filter_map(|(id, at)| {
            if let Op::Setting(value) = derivation.equation(*id).op { Some((*at, value)) } else { None }
        })
    }

    /// The program with these places.
    pub(super) fn program<S>(
        &self,
        derivation: &Derivation,
        plan: &Plan,
        registers_at: usize,
        initial: Vec<(usize, S)>,
        instructions: Vec<Instruction<u32>>,
        routines: Routines,
    ) -> Result<Program<S>, Error> {
        let named = |fields: &[mlp_dsl::plan::Field], of: &BTreeMap<EquationId, usize>| {
            let one = |field: &mlp_dsl::plan::Field| {
                let at = *of.get(&field.value)?;
                Some(Named { name: name(derivation, field.value), shape: field.shape, at })
            };
            fields.iter().map(one).collect::<Option<Vec<Named>>>().ok_or(Error::Program)
        };
        let layout = &plan.layout;
        let parameters = named(&layout.parameters, &self.parameters)?;
        let parameters = parameters.into_iter().zip(&derivation.parameters).map(|(array, declared)| {
            let gradient = self.gradients.get(&declared.equation).copied();
            Parameter { array, kind: declared.kind, gradient }
        });
        let target = match derivation.targets.as_slice() {
            [target] if target.class => Target::Class(target.shape.count()),
            [_, ..] if derivation.loss.is_some() => Target::Numbers(self.targets),
            [] | [_, ..] => Target::None,
        };
        let loss = derivation.loss.as_ref();
        Ok(Program {
            name: derivation.header.name.clone(),
            inputs: self.inputs,
            outputs: derivation.output().map_or(0, |layer| layer.shape.count()),
            target,
            block: plan.block,
            group: derivation.header.precision.group(),
            mean: loss.is_some_and(|loss| loss.reduction == Reduction::Mean),
            penalized: loss.is_some_and(|loss| loss.penalty.is_some()),
            weighted: loss.is_some_and(mlp_dsl::ir::Loss::is_weighted_mean),
            parameters: parameters.collect(),
            settings: named(&layout.settings, &self.settings)?,
            states: named(&layout.states, &self.states)?,
            trace: named(&layout.trace, &self.trace)?,
            input_at: self.input_at,
            target_at: self.target_at,
            output_gradient_at: self.output_gradient_at,
            registers_at,
            size: self.size,
            initial,
            instructions,
            routines,
        })
    }
}

fn name(derivation: &Derivation, id: EquationId) -> String {
    derivation.name_of(id)
}
