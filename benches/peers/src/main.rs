mod by_hand;
mod c;
mod contender;
mod workloads;

/// Shows that the two agree.
fn main() {
    for workload in workloads::WORKLOADS {
        let data = workload.data();
        for contender in [by_hand::contender, c::contender] {
            let Some(mut contender) = contender(workload, &data) else { continue };
            contender.forward();
            let outputs: f64 = contender.outputs().iter().map(|y| y * y).sum();
            contender.reset();
            contender.train();
            let parameters: f64 = contender.parameters().iter().map(|w| w * w).sum();
            println!("{}: {outputs:.6} {parameters:.6}", workload.name);
        }
    }
}
