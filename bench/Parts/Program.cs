using BenchmarkDotNet.Running;
using RustyRail.Bench.Parts;

BenchmarkSwitcher.FromAssembly(typeof(PartsConfig).Assembly).Run(args, new PartsConfig());
