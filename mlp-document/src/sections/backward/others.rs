//! The parameters that a brief page of neurons does not write out: a row for each.

use mlp_dsl::ir::Parameter;

use crate::{
    content::{Form, Inline, Line, Section, Side, Text},
    expression::equation::of_equation,
    phrases::{self, Items},
    sections::{
        facts::{Facts, ITEMS},
        lines::{in_numbers, left_out, symbol},
    },
};

/// Adds the table: the parameter, its gradient, the factors of the gradient, the new value.
/// `named` says that the gradients are used by their names.
pub(crate) fn others(facts: &Facts<'_>, section: &mut Section, named: bool) {
    let count = facts.parameters_in_table();
    if count == 0 || !facts.at_neuron_level() {
        return;
    }
    let trained = facts.derivation.parameters.iter().filter(|parameter| parameter.trained.is_some());
    let others = trained.filter(|p| !facts.in_full(p.equation) && facts.wants(p.equation));
    section.paragraph(phrases::table_of_others());
    section
        .table(&phrases::OTHERS, others.take(ITEMS).map(|parameter| row(facts, parameter, named)).collect());
    left_out(section, count, Items::Parameters);
}

fn row(facts: &Facts<'_>, parameter: &Parameter, named: bool) -> Vec<Text> {
    let name: Text = vec![symbol(facts, parameter.equation).into()];
    let Some(trained) = &parameter.trained else { return vec![name] };
    let single = facts.is_one_sample();
    let gradient = if single { trained.gradient } else { trained.objective };
    let formula = of_equation(facts.derivation, gradient);
    let mut sides = vec![Side::symbols(formula.clone())];
    if facts.numbers.is_some() && single {
        sides.extend(
            in_numbers(facts, gradient, &formula).into_iter().filter(|side| side.form == Form::Numbers),
        );
    }
    if named {
        sides.insert(0, symbol(facts, gradient));
    }
    let factors: Text = match sides.len() {
        1 => sides.into_iter().map(Inline::from).collect(),
        _ => vec![Line { subject: vec![gradient], sides }.into()],
    };
    let value = |id| -> Text {
        let side = symbol(facts, id);
        vec![if facts.numbers.is_some() { Side { form: Form::Value, ..side } } else { side }.into()]
    };
    let updated = parameter.updated().map_or_else(Text::new, value);
    vec![name, value(gradient), factors, updated]
}
