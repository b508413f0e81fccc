//! One network on several threads: they share its weights, and each has a workspace of its own. An argument is the number
//! of threads.

#![allow(clippy::print_stdout, reason = "an example shows what it computes")]

use std::{env, error::Error, thread, time::Instant};

mlp::mlp! {
    network Scores: f32 {
        input x[32];
        layer hidden[64] = relu(dense(x));
        layer score[4] = softmax(dense(hidden));
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let threads: usize = env::args().nth(1).map_or(Ok(4), |threads| threads.parse())?;
    let network = Scores::new();
    let rows: Vec<[f32; 32]> = (0..10_000).map(|row| [row as f32 / 10_000.0; 32]).collect();
    let mut scores = vec![[0.0; 4]; rows.len()];

    let start = Instant::now();
    let part = rows.len().div_ceil(threads.max(1));
    thread::scope(|scope| {
        for (rows, scores) in rows.chunks(part).zip(scores.chunks_mut(part)) {
            scope.spawn(|| network.forward_batch(rows, &mut Default::default(), scores));
        }
    });
    println!("{} rows on {threads} threads in {:.2?}", rows.len(), start.elapsed());

    // The same bits as one thread, and as one row alone.
    assert!(rows.iter().zip(&scores).step_by(100).all(|(row, scores)| network.forward(row) == *scores));
    Ok(())
}
