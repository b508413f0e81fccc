//! `mlpc check`: checks the specification, the derivation and the gradients.

use mlp_document::values;
use mlp_dsl::{ir::Derivation, shape::Shape};
use mlp_eval::{GradientCheck, Point, check_gradients, checkable_samples, evaluate};

use crate::{arguments::Check, failure::Failure, file::shown_name, input, output};

/// The largest normwise relative error that rounding explains.
const TOLERANCE: f64 = 1e-12;
/// The seed of random inputs and targets, so that each call uses the same numbers.
const SEED: u64 = 1;

/// Runs the command.
pub(crate) fn run(arguments: &Check) -> Result<(), Failure> {
    let read = input::read(&arguments.source)?;
    let derivation = &read.compiled.derivation;
    let warnings = &read.compiled.warnings;
    let found = match mlp_eval::warnings(derivation, mlp_eval::Effort::Thorough) {
        Some(found) => warnings.with(found),
        None => warnings.without_evaluation(),
    };
    read.report(&found, &arguments.source)?;
    let name = shown_name(&arguments.source.file);
    let equations = derivation.equations.len();
    let mut report = format!("{name}: no errors in the network `{}`\n", derivation.header.name);
    report.push_str(&format!("  equations  {equations}; order, shapes and scopes are consistent\n"));
    let verdict = gradients(derivation, &mut report);
    output::print(&report)?;
    verdict
}

fn gradients(derivation: &Derivation, report: &mut String) -> Result<(), Failure> {
    if derivation.loss.is_none() {
        report.push_str("  gradients  none: the network has no loss\n");
        return Ok(());
    }
    if !derivation.has_gradients() {
        report.push_str("  gradients  none: no parameter is trained\n");
        return Ok(());
    }
    if let Err(large) = values::affordable(derivation) {
        report.push_str("  gradients  not checked: the network is too large to evaluate\n");
        let title = format!("the gradients of `{}` can't be checked: it has {large}", derivation.header.name);
        return Err(Failure::specification(
            title,
            "check the network with narrower layers; the formulas of the gradients are the same",
        ));
    }
    let (point, place) = point(derivation);
    let Some(check) = check_gradients(derivation, &point) else { return Ok(()) };
    report.push_str(&lines(derivation, &check, &place));
    // A comparison with NaN is false.
    if check.normwise <= TOLERANCE {
        return Ok(());
    }
    let loss =
        derivation.loss.as_ref().map(|loss| evaluate::<f64>(derivation, &point).scalar(loss.objective));
    if let Some(loss) = loss.filter(|loss| !loss.is_finite()) {
        let title = format!("the gradients can't be checked at {place}: the loss is {loss} there");
        return Err(Failure::specification(title, "use inputs and targets for which the loss is finite"));
    }
    let title = format!(
        "the gradients are wrong: the normwise error {:.1e} is larger than {TOLERANCE:e}",
        check.normwise
    );
    let help = "the check uses one point; it can also fail if a formula has a jump or a kink exactly there";
    Err(Failure::specification(title, help))
}

/// The point where the gradients are checked, and its description.
fn point(derivation: &Derivation) -> (Point, String) {
    if derivation.header.has_data {
        let all = derivation.header.samples.len();
        let batch = derivation.declared_samples();
        let samples = batch.get(..checkable_samples(derivation)).unwrap_or(batch);
        let which = if samples.len() < all { "first" } else { "declared" };
        return (
            Point::at(derivation, samples),
            match samples.len() {
                1 => "the declared sample".to_owned(),
                count => format!("the {which} {count} samples"),
            },
        );
    }
    match Point::declared(derivation) {
        Ok(point) => (point, "the declared values".to_owned()),
        Err(_) => (Point::drawn(derivation, SEED, false), "random inputs and targets".to_owned()),
    }
}

fn lines(derivation: &Derivation, check: &GradientCheck, place: &str) -> String {
    let mut lines = format!(
        "  gradients  {} of {} checked at {place}, against the complex-step derivative\n\
         \x20            normwise error    {:.1e}\n",
        check.checked, check.total, check.normwise
    );
    if let Some((parameter, index)) = &check.worst_at {
        let worst = element_name(derivation, parameter, *index);
        lines.push_str(&format!("             worst difference  {:.1e} at {worst}\n", check.worst));
    }
    lines
}

/// `w5`, `b1[3]`, `W1[2,3]`: elements are counted from 1.
fn element_name(derivation: &Derivation, parameter: &str, index: usize) -> String {
    let found = derivation.parameters.iter().find(|p| p.name == parameter);
    match found.map_or(Shape::Scalar, |p| derivation.shape(p.equation)) {
        Shape::Scalar => parameter.to_owned(),
        Shape::Vector(_) => format!("{parameter}[{}]", index + 1),
        Shape::Matrix(_, columns) => {
            let columns = columns.max(1);
            format!("{parameter}[{},{}]", index / columns + 1, index % columns + 1)
        }
    }
}
