//! Handwritten digits: trained and tested. An argument is the number of epochs.

#![allow(clippy::print_stdout, reason = "an example shows what it computes")]

use mlp::Class;
use mlp::training::{Samples, Training, metrics};
use std::{array, env, error::Error, time::Instant};

mlp::mlp! {
    /// Images of 8 × 8 pixels, ten classes.
    network Digits: f32 {
        input  image[64];
        layer  hidden[128] = relu(dense(image));
        layer  digit[10] = softmax(dense(hidden));
        target label: class[10];
        loss   cross_entropy(digit, label);
        train  adam(rate = 0.003), batch 32;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let epochs = env::args().nth(1).map_or(Ok(30), |epochs| epochs.parse())?;
    // 1797 rows: 64 pixels from 0 to 16, and the digit.
    let (rows, _) = include_bytes!("data/digits.bin").as_chunks::<65>();
    let images: Vec<[f32; 64]> =
        rows.iter().map(|row| array::from_fn(|pixel| f32::from(row[pixel]) / 16.0)).collect();
    let labels: Vec<Class<10>> = rows.iter().map(|row| Class::at_most(row[64].into())).collect();
    let (training, test) = Samples::new(&images, &labels)?.hold_out(360, 2);

    let start = Instant::now();
    let (mut network, mut optimizer) = (Digits::new(), DigitsOptimizer::new());
    Training::new(epochs).run(&mut network, &mut optimizer, &training)?;
    println!("accuracy {:.3} after {:.2?}", metrics::accuracy(&network, &test), start.elapsed());
    Ok(())
}
