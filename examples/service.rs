//! A service that holds networks of several shapes. Each line of its input names one and brings numbers: `xor 0 1` asks for
//! outputs, `xor 0 1 = 1` takes a step towards them.

#![allow(clippy::print_stdout, reason = "an example shows what it computes")]

use mlp::{DynTrainable, Learner};
use std::{collections::BTreeMap, error::Error, io};

mlp::mlp! {
    network Xor: f32 {
        input  x[2];
        layer  hidden[4] = tanh(dense(x));
        layer  y[1] = sigmoid(dense(hidden));
        target t[1];
        loss   half_squared_error(y, t);
        train  momentum(rate = 0.5);
    }
}

mlp::mlp! {
    network Colour: f32 {
        input  rgb[3];
        layer  warm[2] = softmax(dense(rgb));
        target t: class[2];
        loss   cross_entropy(warm, t);
        train  adam(rate = 0.1);
    }
}

type Service = BTreeMap<&'static str, Box<dyn DynTrainable<f32>>>;

fn answer(service: &mut Service, request: &str) -> Result<String, Box<dyn Error>> {
    let (name, rest) = request.split_once(' ').ok_or("a request is a name and numbers")?;
    let network = service.get_mut(name).ok_or_else(|| format!("there is no network `{name}`"))?;
    let numbers = |text: &str| text.split_whitespace().map(str::parse).collect::<Result<Vec<f32>, _>>();
    if let Some((inputs, targets)) = rest.split_once('=') {
        return Ok(format!("loss {:.3}", network.try_train(&numbers(inputs)?, &numbers(targets)?)?));
    }
    let inputs = numbers(rest)?;
    let mut outputs = vec![0.0; inputs.len() / network.inputs() * network.outputs()];
    network.forward(&inputs, &mut outputs)?;
    Ok(format!("{outputs:.3?}"))
}

fn main() -> io::Result<()> {
    let mut service = Service::new();
    service.insert("xor", Box::new(Learner::<Xor>::new()));
    service.insert("colour", Box::new(Learner::<Colour>::new()));
    for request in io::stdin().lines() {
        match answer(&mut service, &request?) {
            Ok(answer) => println!("{answer}"),
            Err(error) => println!("error: {error}"),
        }
    }
    Ok(())
}
