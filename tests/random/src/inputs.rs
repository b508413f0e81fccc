//! Gradients with respect to inputs, and back from the output: in compiled code and by the referee.

use mlp_dsl::{formula::evaluate::Real, ir::Derivation, model::Sample};
use mlp_eval::{Array, Evaluation, Point, evaluate};

use crate::{checks::Findings, difference};

/// The gradient with respect to a number of the output: a short number, different for each.
pub(crate) fn given(number: usize) -> f64 {
    1.0 - 0.375 * number as f64
}

/// Code that prints them, and that fails where two ways to one number have other bits.
pub(crate) fn runner(number: u64, derivation: &Derivation) -> String {
    if !derivation.header.to_inputs {
        return String::new();
    }
    let (name, real) = (&derivation.header.name, derivation.header.precision.rust());
    let mut code = format!(
        "    {{\n    let mut g = {name}Gradients::new();\n    \
         let outputs = [core::array::from_fn(|i| 1.0 - 0.375 * i as {real}); {name}::DATA_INPUTS.len()];\n    \
         for (k, x) in {name}::DATA_INPUTS.iter().enumerate() {{\n        \
         let mut dx = [0.0; {name}::INPUTS];\n        \
         n.pull_back_into(x, &outputs[0], {name}::sample_workspace(&mut w), &mut g, &mut dx);\n        \
         say({number}, &format!(\"pulled{{k}}\"), &dx);\n        \
         say({number}, &format!(\"pulled_parameters{{k}}\"), &all(&g));\n    }}\n    \
         let mut many = [[0.0; {name}::INPUTS]; {name}::DATA_INPUTS.len()];\n    \
         let batch = Batch::new(&{name}::DATA_INPUTS, &outputs).unwrap();\n    \
         n.pull_back_batch(batch, Reduction::Mean, &mut w, &mut g, &mut many).unwrap();\n    \
         say({number}, \"pulled_many\", many.as_flattened());\n    \
         say({number}, \"pulled_mean\", &all(&g));\n    }}\n"
    );
    if derivation.loss.is_some() {
        code.push_str(&of_loss(number, name));
    }
    code
}

fn of_loss(number: u64, name: &str) -> String {
    format!(
        "    {{\n    let (mut g, mut h) = ({name}Gradients::new(), {name}Gradients::new());\n    \
         for (k, (x, t)) in {name}::DATA_INPUTS.iter().zip(&{name}::DATA_TARGETS).enumerate() {{\n        \
         let (mut dx, mut other) = ([0.0; {name}::INPUTS], [0.0; {name}::INPUTS]);\n        \
         let loss = n.input_gradient_into(x, t, {name}::sample_workspace(&mut w), &mut dx);\n        \
         say({number}, &format!(\"input{{k}}\"), &dx);\n        \
         let same = Differentiable::loss(&*n, x, t, {name}::sample_workspace(&mut w));\n        \
         assert_eq!(loss.to_bits(), same.to_bits());\n        \
         Differentiable::backward_into(&*n, x, t, {name}::sample_workspace(&mut w), &mut g);\n        \
         n.backward_with_input_into(x, t, {name}::sample_workspace(&mut w), &mut h, &mut other);\n        \
         assert_eq!(bits(&all(&g)), bits(&all(&h)));\n        \
         assert_eq!(bits(&dx), bits(&other));\n    }}\n    \
         let batch = Batch::new(&{name}::DATA_INPUTS, &{name}::DATA_TARGETS).unwrap();\n    \
         let mut many = [[0.0; {name}::INPUTS]; {name}::DATA_INPUTS.len()];\n    \
         let loss = n.input_gradient_batch(batch, &mut w, &mut many).unwrap();\n    \
         say({number}, \"input_many\", many.as_flattened());\n    \
         let same = Differentiable::backward_batch(&*n, batch, &mut w, &mut g);\n    \
         assert_eq!(loss.to_bits(), same.to_bits());\n    \
         let mut others = many;\n    \
         n.backward_with_input_batch(batch, &mut w, &mut h, &mut others).unwrap();\n    \
         assert_eq!(bits(&all(&g)), bits(&all(&h)));\n    \
         assert_eq!(bits(many.as_flattened()), bits(others.as_flattened()));\n    }}\n"
    )
}

/// The gradient back from the output of the first sample against central differences of Σ gradient · output.
pub(crate) fn differences(number: u64, derivation: &Derivation, found: &mut Findings) {
    let (Ok(Some(pulled)), Some(sample)) = (derivation.with_pull_back(), derivation.header.samples.first())
    else {
        return;
    };
    let own = expected::<f64>(&pulled).into_iter().find(|(what, _)| what == "pulled0");
    let Some((_, own)) = own else { return };
    let inference = derivation.inference();
    let derivation = inference.as_ref().unwrap_or(derivation);
    let output = derivation.output().map(|layer| layer.value.equations().to_vec()).unwrap_or_default();
    let at = |input: &[f64]| {
        let moved = Sample { input: input.to_vec(), target: sample.target.clone() };
        let point = Point::at(derivation, std::slice::from_ref(&moved));
        let evaluation: Evaluation<f64> = evaluate(derivation, &point);
        let numbers = output.iter().filter_map(|id| evaluation.value(*id)).flat_map(|value| value.iter());
        numbers.enumerate().map(|(index, y)| given(index) * y).sum::<f64>()
    };
    for (place, own) in own.iter().enumerate().take(3) {
        let moved = |by: f64| {
            let mut input = sample.input.clone();
            input.iter_mut().skip(place).take(1).for_each(|x| *x += by);
            at(&input)
        };
        difference::hold(*own, moved, &format!("R{number}: input {place}"), found);
    }
}

/// The same by the referee.
pub(crate) fn expected<R: Real>(derivation: &Derivation) -> Vec<(String, Vec<f64>)> {
    let inference = derivation.inference();
    let derivation = inference.as_ref().unwrap_or(derivation);
    let Some(back) = &derivation.pull_back else { return Vec::new() };
    let samples = &derivation.header.samples;
    let mut point = Point::at(derivation, samples);
    for sample in 0..samples.len() {
        let mut number = 0;
        for id in &back.output {
            let shape = derivation.shape(*id);
            let values: Vec<f64> = (number..number + shape.count()).map(given).collect();
            number += shape.count();
            point.give(*id, sample, Array::from_row_major(shape, &values));
        }
    }
    let evaluation: Evaluation<R> = evaluate(derivation, &point);
    let of = |ids: &mut dyn Iterator<Item = mlp_dsl::ir::equation::EquationId>, sample: usize| -> Vec<f64> {
        ids.filter_map(|id| evaluation.value_of(id, sample))
            .flat_map(|value| value.iter().map(|x| x.real()).collect::<Vec<_>>())
            .collect()
    };
    let mut values = Vec::new();
    let mut many = [Vec::new(), Vec::new()];
    for sample in 0..samples.len() {
        let pulled = of(&mut back.inputs.iter().copied(), sample);
        many[0].extend(pulled.iter().copied());
        values.push((format!("pulled{sample}"), pulled));
        let parameters = of(&mut back.parameters.iter().map(|own| own.gradient), sample);
        values.push((format!("pulled_parameters{sample}"), parameters));
        if let Some(loss) = &derivation.loss {
            let inputs = of(&mut loss.inputs.iter().copied(), sample);
            many[1].extend(inputs.iter().copied());
            values.push((format!("input{sample}"), inputs));
        }
    }
    let [pulled, inputs] = many;
    values.push(("pulled_many".to_owned(), pulled));
    values.push(("pulled_mean".to_owned(), of(&mut back.parameters.iter().map(|own| own.batch), 0)));
    if derivation.loss.is_some() {
        values.push(("input_many".to_owned(), inputs));
    }
    values
}
