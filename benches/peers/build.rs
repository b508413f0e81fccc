fn main() {
    println!("cargo::rerun-if-changed=c");
    cc::Build::new()
        .compiler("gcc")
        .file("c/kernels.c")
        .opt_level(3)
        .flag("-march=native")
        .flag("-ffast-math")
        .warnings_into_errors(true)
        .compile("kernels");
}
