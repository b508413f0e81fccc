//! Learns the exclusive or in two parts: between them all that is known is a checkpoint of some hundred bytes. Ends with
//! status 0 if it has learnt as one run would have.
#![no_std]
#![no_main]

use core::hint::black_box;

use mlp::{
    Batch,
    keep::{Checkpoint, File, Progress},
    mlp,
};

mlp! {
    /// Exclusive or.
    pub network Xor: f32 {
        input  x[2];
        layer  hidden[4] = tanh(dense(x));
        layer  output[1] = sigmoid(dense(hidden));
        target t[1];
        loss   half_squared_error(output, t);
        train  momentum(rate = 0.5, momentum = 0.5);
    }
}

const INPUTS: [[f32; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
const TARGETS: [[f32; 1]; 4] = [[0.0], [1.0], [1.0], [0.0]];

/// A page of flash memory.
struct Page {
    bytes: [u8; 2048],
    used: usize,
}

impl Page {
    fn put(&mut self, bytes: &[u8]) -> Result<(), ()> {
        let end = self.used.saturating_add(bytes.len());
        let place = self.bytes.get_mut(self.used..end).ok_or(())?;
        place.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        self.used = end;
        Ok(())
    }
}

fn train(network: &mut Xor, optimizer: &mut XorOptimizer, steps: u64) -> bool {
    let (mut workspace, mut gradients) = (Default::default(), XorGradients::new());
    let Ok(batch) = Batch::new(black_box(&INPUTS[..]), black_box(&TARGETS[..])) else { return false };
    for _ in 0..steps {
        network.train_batch(batch, optimizer, &mut workspace, &mut gradients);
    }
    true
}

fn stop_and_resume(page: &mut Page) -> Option<(Xor, XorOptimizer)> {
    let (mut network, mut optimizer) = (Xor::new(), XorOptimizer::new());
    train(&mut network, &mut optimizer, 1000);
    let progress = Progress { step: 1000, best: Some(0.125), ..Progress::default() };
    let metadata = [("board", "none".into())];
    let checkpoint = Checkpoint { network: &network, optimizer: &optimizer, progress, metadata: &metadata };
    checkpoint.write(|bytes| page.put(bytes)).ok()?;

    let (mut network, mut optimizer) = (Xor::ZERO, XorOptimizer::new());
    let file = File::parse(black_box(page.bytes.get(..page.used)?)).ok()?;
    let resumed = file.resume(&mut network, &mut optimizer).ok()?;
    let is_kept = resumed == progress && file.metadata("board").is_some_and(|text| text == "none");
    (is_kept && train(&mut network, &mut optimizer, 2000)).then_some((network, optimizer))
}

fn learn() -> bool {
    let (mut network, mut optimizer) = (Xor::new(), XorOptimizer::new());
    train(&mut network, &mut optimizer, 3000);
    let mut page = Page { bytes: [0; 2048], used: 0 };
    stop_and_resume(&mut page).is_some_and(|resumed| resumed == (network, optimizer))
}

mlp_bare::program!(learn);
