//! Turns a derivation into hashes, so that programs and files of parameters can be compared: a fingerprint of all that
//! decides the results, and a hash of the layout of parameters and optimizer states.
//!
//! Both hash a canonical text, in words of their own. A renamed type or variant of the compiler changes neither; a
//! change of the equations, or of their order, changes the fingerprint.

mod words;

use std::fmt::{self, Write};

use mlp_dsl::{
    ir::{Derivation, Parameter, equation::Equation},
    model::{Header, Start},
    never,
    number::Arithmetic,
    shape::Shape,
};

use mlp_hash::Fnv;
use words::{kind, per, write_formula, write_op, write_symbol};

/// The hash of all that decides what the code computes: name, number type, arithmetic, seed, constants, functions,
/// parameters with their start values, equations.
///
/// Equal for equal specifications, on every machine. Networks with equal fingerprints have, from equal parameters,
/// the same results in every bit. Comments, the document, `data` and the form of the code (`unroll`) do not count.
pub(crate) fn fingerprint(derivation: &Derivation) -> u64 {
    hashed(|to| write_network(to, derivation))
}

/// The hash of the memory that a trained network is saved in: the number type, and in order names and shapes of the
/// parameters and of the optimizer's states, the number of the step included.
///
/// The name of the network, seed, start values and settings such as the rate do not count, nor do the equations.
pub(crate) fn layout(derivation: &Derivation) -> u64 {
    hashed(|to| write_layout(to, derivation))
}

fn hashed(write: impl FnOnce(&mut Fnv) -> fmt::Result) -> u64 {
    let mut hash = Fnv::EMPTY;
    let written = write(&mut hash);
    if written.is_err() {
        never!("hashing failed");
    }
    hash.finish()
}

fn write_network(to: &mut impl Write, d: &Derivation) -> fmt::Result {
    let arithmetic = match d.header.arithmetic {
        Arithmetic::Separate => "separate",
        Arithmetic::Fused => "fused",
    };
    writeln!(
        to,
        "network {} {} {arithmetic} seed {}",
        d.header.name,
        d.header.precision.rust(),
        d.header.seed
    )?;
    for (name, value) in &d.header.constants {
        writeln!(to, "constant {name} {value:e}")?;
    }
    // Only those that equations call: the prelude may get more.
    let called = d.called_functions();
    for function in called.iter().filter_map(|id| d.header.functions.get(id.0 as usize)) {
        write!(to, "function {} {}", function.name, function.parameters.len())?;
        write_formula(to, &d.header, &function.body)?;
        writeln!(to)?;
    }
    for parameter in &d.parameters {
        write_parameter(to, d, parameter)?;
    }
    for dropout in &d.dropouts {
        writeln!(to, "dropout {} {:e}", dropout.layer, dropout.rate)?;
    }
    for equation in &d.equations {
        write_equation(to, &d.header, equation)?;
    }
    // Several heads are an equation.
    if let [head] = d.heads.as_slice()
        && *head + 1 < d.layers.len()
        && let Some(layer) = d.layers.get(*head)
    {
        writeln!(to, "output {}", layer.name)?;
    }
    Ok(())
}

fn write_layout(to: &mut impl Write, d: &Derivation) -> fmt::Result {
    writeln!(to, "layout {}", d.header.precision.rust())?;
    for parameter in &d.parameters {
        write!(to, "parameter {}", parameter.name)?;
        write_shape(to, d.shape(parameter.equation))?;
        writeln!(to)?;
    }
    if d.training.as_ref().is_some_and(|training| training.step.is_some()) {
        writeln!(to, "steps")?;
    }
    for state in d.parameters.iter().flat_map(Parameter::state) {
        write!(to, "state {}", d.name_of(state.equation))?;
        write_shape(to, d.shape(state.equation))?;
        writeln!(to)?;
    }
    Ok(())
}

fn write_parameter(to: &mut impl Write, d: &Derivation, parameter: &Parameter) -> fmt::Result {
    let trained = if parameter.frozen { "frozen" } else { "trained" };
    write!(to, "{} {} {trained}", kind(parameter.kind), parameter.name)?;
    write_shape(to, d.shape(parameter.equation))?;
    match &parameter.start {
        Start::Fill(value) => write!(to, " fill {value:e}")?,
        Start::Values(values) => {
            write!(to, " values")?;
            values.iter().try_for_each(|value| write!(to, " {value:e}"))?;
        }
        // The numbers may be millions: their hash is enough.
        Start::Loaded(tensor) => write!(to, " loaded {:016x}", tensor.fingerprint())?,
        Start::Uniform { low, high, salt, .. } => write!(to, " uniform {low:e} {high:e} {salt}")?,
        Start::Normal { mean, deviation, salt, .. } => write!(to, " normal {mean:e} {deviation:e} {salt}")?,
    }
    if let Start::Uniform { step: Some(step), .. } | Start::Normal { step: Some(step), .. } = &parameter.start
    {
        write!(to, " step {:e}", step.value())?;
    }
    writeln!(to)
}

fn write_shape(to: &mut impl Write, shape: Shape) -> fmt::Result {
    match shape {
        Shape::Scalar => write!(to, " [ ]"),
        Shape::Vector(n) => write!(to, " [{n}]"),
        Shape::Matrix(rows, columns) => write!(to, " [{rows} {columns}]"),
    }
}

fn write_equation(to: &mut impl Write, header: &Header, equation: &Equation) -> fmt::Result {
    write!(to, "equation")?;
    write_symbol(to, &equation.symbol)?;
    write_shape(to, equation.shape)?;
    write!(to, " {} =", per(equation.per))?;
    write_op(to, header, &equation.op)?;
    writeln!(to)
}

#[cfg(test)]
mod tests;
