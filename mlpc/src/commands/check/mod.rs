//! `mlpc check`: checks the specification, the derivation and the gradients.

mod expect;

use mlp_document::values;
use mlp_dsl::ir::equation::Role;
use mlp_dsl::{ir::Derivation, shape::Shape};
use mlp_eval::{
    Fault, FaultKind, GradientCheck, Point, Verdict, Worst, check_gradients, checkable_samples, fits,
};

use crate::{arguments::Check, failure::Failure, file::shown_name, input, output};

/// The seed of random inputs and targets, so that each call uses the same numbers.
const SEED: u64 = 1;
/// Random points that are tried.
const DRAWN: u64 = 8;

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
    let verdict = expect::hold(&read.compiled, read.text(), &mut report)
        .and_then(|()| gradients(derivation, read.text(), &mut report));
    output::print(&report)?;
    verdict
}

fn gradients(derivation: &Derivation, text: &str, report: &mut String) -> Result<(), Failure> {
    if derivation.loss.is_none() {
        report.push_str("  gradients  none: the network has no loss\n");
        return Ok(());
    }
    if !derivation.has_gradients() && !derivation.has_input_gradients() {
        report.push_str("  gradients  none: no parameter is trained\n");
        return Ok(());
    }
    let name = &derivation.header.name;
    let too_large = match values::affordable(derivation) {
        Err(large) => Some(format!("the gradients of `{name}` can't be checked: it has {large}")),
        Ok(()) if !fits(derivation, 1) => {
            Some(format!("the gradients of `{name}` can't be checked: it has too many parameters"))
        }
        Ok(()) => None,
    };
    if let Some(title) = too_large {
        report.push_str("  gradients  not checked: the network is too large to evaluate\n");
        return Err(Failure::specification(
            title,
            "check the network with narrower layers; the formulas of the gradients are the same",
        ));
    }
    let Some((check, place)) = checked(derivation) else { return Ok(()) };
    report.push_str(&lines(derivation, &check, &place));
    match &check.verdict {
        Verdict::Right | Verdict::Limited(_) => Ok(()),
        Verdict::Undefined(fault) => Err(undefined(derivation, fault.as_ref(), &place, text)),
        Verdict::Wrong => Err(wrong(derivation, check.worst.as_ref())),
    }
}

/// The failure where a loss or a gradient does not exist. The exit code is 1, as for an error in the text: a step from
/// there makes every parameter NaN.
fn undefined(derivation: &Derivation, fault: Option<&Fault>, place: &str, text: &str) -> Failure {
    let Some(fault) = fault else {
        let title = format!("the gradients are not defined at {place}: the loss is no finite number there");
        return Failure::specification(title, "use inputs and targets for which the loss is finite");
    };
    let what = if fault.kind.is_slope() { "the gradients are" } else { "the loss is" };
    let title =
        format!("{what} not defined at {place}: {} in {}", fault.kind, place_of(derivation, fault, text));
    Failure::specification(title, help(derivation, fault, text))
}

/// The function, and the text of the equation, in which a fault is.
fn place_of(derivation: &Derivation, fault: &Fault, text: &str) -> String {
    let equation = derivation.equation(fault.equation);
    let names: Vec<String> = fault.functions.iter().map(|name| format!("`{name}`")).collect();
    let mut place = names.join(" in ");
    let written = text.get(equation.span.start..equation.span.end).unwrap_or_default();
    let line = text.get(..equation.span.start).map_or(0, |before| before.matches('\n').count()) + 1;
    if !place.is_empty() {
        place.push_str(", ");
    }
    if written.is_empty() || written.len() > 100 || written.contains('\n') {
        place.push_str(&format!("`{}`, line {line}", derivation.name_of(fault.equation)));
    } else {
        place.push_str(&format!("`{written}`, line {line}"));
    }
    place
}

fn help(derivation: &Derivation, fault: &Fault, text: &str) -> &'static str {
    let equation = derivation.equation(fault.equation);
    let written = text.get(equation.span.start..equation.span.end).unwrap_or_default();
    let calls =
        |name: &str| written.contains(&format!("{name}(")) || fault.functions.iter().any(|f| f == name);
    match fault.kind {
        FaultKind::Logarithm(0.0) if equation.role == Role::Loss && calls("binary_cross_entropy") => {
            "a probability is exactly 0 or 1: use `binary_cross_entropy_from_logits`, which computes from net inputs"
        }
        FaultKind::Logarithm(0.0) if equation.role == Role::Loss && calls("cross_entropy") => {
            "a probability is exactly 0: use `cross_entropy_from_logits`, which computes from net inputs"
        }
        FaultKind::Logarithm(_) if equation.role == Role::Loss && calls("binary_cross_entropy") => {
            "its first argument must lie between 0 and 1: put `sigmoid` before it, or use \
             `binary_cross_entropy_from_logits`"
        }
        FaultKind::Logarithm(_) if equation.role == Role::Loss && calls("cross_entropy") => {
            "its first argument must be probabilities: put `softmax` before it, or use `cross_entropy_from_logits`"
        }
        FaultKind::Logarithm(_) => "the argument of ln must be larger than 0",
        FaultKind::Root(_) => "the argument of sqrt must not be negative",
        FaultKind::Division => "add a small number to the divisor, or exclude 0 with `if`",
        FaultKind::Power(..) => "a power needs a positive base, or a whole exponent from 1 to 16",
        FaultKind::Exponential(_) | FaultKind::Overflow => {
            "use smaller numbers, or a formula that subtracts the largest exponent first, as `softmax` does"
        }
        FaultKind::RootOfZero => "add a small number below the root: `sqrt(x + 1e-12)`",
        FaultKind::PowerSlope(..) => "add a small number to the base",
    }
}

fn wrong(derivation: &Derivation, worst: Option<&Worst>) -> Failure {
    let title = match worst {
        Some(worst) => format!(
            "the gradients are wrong: {} instead of {} at {}",
            Shown(worst.compared.gradient),
            Shown(worst.compared.witness),
            element_name(derivation, worst)
        ),
        None => "the gradients are wrong".to_owned(),
    };
    let help =
        "rounding does not explain the difference; a derivative that a function states may be wrong there";
    Failure::specification(title, help)
}

/// A number with seven digits, where it has more.
struct Shown(f64);

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = format!("{:.6e}", self.0).parse().unwrap_or(self.0);
        if short != 0.0 && !(1e-3..1e7).contains(&f64::abs(short)) {
            write!(f, "{short:e}")
        } else {
            write!(f, "{short}")
        }
    }
}

/// The check and the description of its point. A random point at which something is not defined says nothing about a
/// network: others are drawn.
fn checked(derivation: &Derivation) -> Option<(GradientCheck, String)> {
    let Some((point, place)) = declared(derivation) else {
        let drawn = (SEED..SEED + DRAWN).map(|seed| Point::drawn(derivation, seed, false));
        let mut checks = drawn.filter_map(|point| check_gradients(derivation, &point));
        let first = checks.next()?;
        let is_defined = |check: &GradientCheck| !matches!(check.verdict, Verdict::Undefined(_));
        let check = if is_defined(&first) { first } else { checks.find(is_defined).unwrap_or(first) };
        return Some((check, "random inputs and targets".to_owned()));
    };
    Some((check_gradients(derivation, &point)?, place))
}

/// The declared point, and its description.
fn declared(derivation: &Derivation) -> Option<(Point, String)> {
    if derivation.header.has_data {
        let all = derivation.header.samples.len();
        let batch = derivation.declared_samples();
        let most = batch.len().min(checkable_samples(derivation));
        let count = (1..=most).rev().find(|count| fits(derivation, *count)).unwrap_or(1);
        let samples = batch.get(..count).unwrap_or(batch);
        let which = if samples.len() < all { "first" } else { "declared" };
        let place = match samples.len() {
            1 => "the declared sample".to_owned(),
            count => format!("the {which} {count} samples"),
        };
        return Some((Point::at(derivation, samples), place));
    }
    Some((Point::declared(derivation).ok()?, "the declared values".to_owned()))
}

fn lines(derivation: &Derivation, check: &GradientCheck, place: &str) -> String {
    let mut lines = format!(
        "  gradients  {} of {} checked at {place}, against the complex-step derivative\n\
         \x20            verdict          {}\n",
        check.checked,
        check.total,
        verdict(check)
    );
    if matches!(check.verdict, Verdict::Undefined(_)) {
        return lines;
    }
    let noticed = match check.resolution {
        resolution if resolution > 0.0 && resolution < 1.0 => {
            format!("; a wrong rule is noticed from {resolution:.0e} on")
        }
        _ => String::new(),
    };
    lines.push_str(&format!("             normwise error   {:.1e}{noticed}\n", check.normwise));
    if let Some(worst) = check.worst.as_ref().filter(|worst| worst.compared.error > 0.0) {
        let name = element_name(derivation, worst);
        lines.push_str(&format!("             largest error    {:.1e} at {name}\n", worst.compared.error));
    }
    if check.kinks > 0 {
        let kinks = check.kinks;
        lines.push_str(&format!(
            "             at a kink        {kinks}, between the slopes on its two sides\n"
        ));
    }
    lines
}

fn verdict(check: &GradientCheck) -> String {
    match &check.verdict {
        Verdict::Right => "right".to_owned(),
        Verdict::Limited(0) => "right as far as this point allows: rounding leaves no digit".to_owned(),
        Verdict::Limited(1) => "right as far as this point allows: 1 digit counts".to_owned(),
        Verdict::Limited(digits) => format!("right as far as this point allows: {digits} digits count"),
        Verdict::Undefined(_) => "not defined here".to_owned(),
        Verdict::Wrong => "wrong".to_owned(),
    }
}

/// `w5`, `b1[3]`, `W1[2,3]`, `x[4] of sample 2`: elements and samples are counted from 1.
fn element_name(derivation: &Derivation, worst: &Worst) -> String {
    let name = name_of_element(derivation, &worst.parameter, worst.element);
    match worst.sample {
        Some(sample) if derivation.header.samples.len() > 1 => format!("{name} of sample {}", sample + 1),
        Some(_) | None => name,
    }
}

fn name_of_element(derivation: &Derivation, parameter: &str, index: usize) -> String {
    let parameters = derivation.parameters.iter().map(|p| p.equation);
    let found =
        parameters.chain(derivation.input_equations()).find(|id| derivation.name_of(*id) == parameter);
    element(parameter, found.map_or(Shape::Scalar, |id| derivation.shape(id)), index)
}

/// The name of an element of a value of this shape.
fn element(name: &str, shape: Shape, index: usize) -> String {
    match shape {
        Shape::Scalar => name.to_owned(),
        Shape::Vector(_) => format!("{name}[{}]", index + 1),
        Shape::Matrix(_, columns) => {
            let columns = columns.max(1);
            format!("{name}[{},{}]", index / columns + 1, index % columns + 1)
        }
    }
}
