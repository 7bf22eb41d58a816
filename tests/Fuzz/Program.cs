using System.Globalization;
using RustyRail.Fuzz;
using RustyRail.Tests.Support.Reference;
using SharpFuzz;

// See fuzz.sh, which people call.
switch (args)
{
    case ["instrument", .. string[] assemblies]:
        foreach (string assembly in assemblies) Console.WriteLine($"{Fuzzer.Instrument(assembly, Instrumented.Has, Options.Value).Count()} types of {Path.GetFileName(assembly)}");
        return 0;
    case ["target"]:
        using (FuzzCase target = new())
        {
            // A process of its own for each run of cases: what a guard page stops cannot be caught.
            Fuzzer.OutOfProcess.Run(input =>
            {
                using MemoryStream bytes = new();
                input.CopyTo(bytes);
                target.Run(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            });
        }

        return 0;
    case ["random", string packets, string seed]:
        new RandomRun(ulong.Parse(seed, CultureInfo.InvariantCulture)).Run(long.Parse(packets, CultureInfo.InvariantCulture));
        return 0;
    case ["seeds", string directory]:
        foreach ((string name, byte[] bytes) in Seeds.All) File.WriteAllBytes(Path.Combine(directory, name), bytes);
        return 0;
    case ["replay", .. string[] files]:
        return Replay.Run(files);
    default:
        Console.Error.WriteLine("usage: rustyrail-fuzz instrument ASSEMBLY... | target | random PACKETS SEED | seeds DIRECTORY | replay FILE...");
        return 2;
}
