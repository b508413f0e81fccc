//! Training that can be stopped at any time, with Ctrl-C or by a power cut: run it again, and it goes on from its last
//! checkpoint to the same bits. Arguments are the number of epochs and the folder of the files.

#![allow(clippy::print_stdout, reason = "an example shows what it computes")]

use mlp::Class;
use mlp::keep::Keep;
use mlp::training::{Every, Samples, Training, metrics};
use std::{array, env, error::Error, path::PathBuf};

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
    let folder = PathBuf::from(env::args().nth(2).unwrap_or_default());
    let (rows, _) = include_bytes!("data/digits.bin").as_chunks::<65>();
    let images: Vec<[f32; 64]> =
        rows.iter().map(|row| array::from_fn(|pixel| f32::from(row[pixel]) / 16.0)).collect();
    let labels: Vec<Class<10>> = rows.iter().map(|row| Class::at_most(row[64].into())).collect();
    let (training, test) = Samples::new(&images, &labels)?.hold_out(360, 2);
    let (training, validation) = training.split_at(1200);

    let mut network = Digits::new();
    let outcome = Training::new(epochs)
        .validation(&validation)
        .patience(5)
        .checkpoint(folder.join("digits.checkpoint"), Every::Steps(10))
        .each_epoch(|epoch| println!("epoch {:2}: validation loss {:.4?}", epoch.epoch, epoch.validation))
        .run(&mut network, &mut DigitsOptimizer::new(), &training)?;
    network.save(folder.join("digits.safetensors"))?;
    println!("best epoch {:?}, accuracy {:.3}", outcome.best_epoch, metrics::accuracy(&network, &test));
    Ok(())
}
