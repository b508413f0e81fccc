//! Prints the specification with a number.
#![allow(clippy::print_stdout, reason = "a command talks")]
fn main() {
    for number in std::env::args().skip(1).filter_map(|argument| argument.parse().ok()) {
        println!("{}", mlp_random::generator::specification(number));
    }
}
