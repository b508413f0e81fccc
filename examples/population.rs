//! A thousand networks learn to balance a pole, without a gradient: the best tenth stays, the others become changed copies
//! of it. An argument is the number of networks.

#![allow(clippy::print_stdout, reason = "an example shows what it computes")]

use mlp::Tensors;
use std::{cmp::Reverse, env, error::Error};

mlp::mlp! {
    network Pole: f32 {
        input state[4];
        layer hidden[8] = tanh(dense(state));
        layer push[1] = tanh(dense(hidden));
    }
}

const STEPS: usize = 500;

/// The steps until the cart leaves its track or the pole, at first this far from upright, falls (Barto, Sutton and Anderson, 1983).
fn balanced(network: &Pole, start: f32) -> usize {
    let [mut place, mut speed, mut angle, mut turn] = [0.0, 0.0, start, 0.0_f32];
    let upright = |_: &usize| {
        let (sin, cos) = angle.sin_cos();
        let force = 10.0 * network.forward(&[place, speed, angle, turn])[0];
        let push = (force + 0.05 * turn * turn * sin) / 1.1;
        let spin = (9.8 * sin - cos * push) / (0.5 * (4.0 / 3.0 - 0.1 * cos * cos / 1.1));
        (place, angle) = (place + 0.02 * speed, angle + 0.02 * turn);
        (speed, turn) = (speed + 0.02 * (push - 0.05 * spin * cos / 1.1), turn + 0.02 * spin);
        place.abs() < 2.4 && angle.abs() < 0.21
    };
    (0..STEPS).take_while(upright).count()
}

fn main() -> Result<(), Box<dyn Error>> {
    let size: u64 = env::args().nth(1).map_or(Ok(1000), |size| size.parse())?;
    let steps = |network: &Pole| [-0.15, 0.05, 0.1].map(|start| balanced(network, start)).into_iter().min();
    let mut population: Vec<Pole> = (0..size).map(Pole::with_seed).collect();
    for generation in 0..20 {
        population.sort_by_cached_key(|network| Reverse(steps(network)));
        let able = population.iter().take_while(|network| steps(network) == Some(STEPS)).count();
        println!("generation {generation}: {able} of {size} networks balance the pole for {STEPS} steps");
        if able > population.len() / 4 {
            break;
        }
        let (parents, children) = population.split_at_mut(size.div_ceil(10) as usize);
        for (child, seed) in children.iter_mut().zip(generation * size..) {
            child.clone_from(&parents[seed as usize % parents.len()]);
            child.add_scaled(0.3, &Pole::with_seed(seed))?;
        }
    }
    Ok(())
}
