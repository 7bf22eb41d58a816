using Netns.Tests.Lab;
using Xunit.Abstractions;

namespace Netns.Tests;

/// <summary>
/// The real netmap module and real GRE devices, in a virtual machine: RUSTYRAIL_VM_KERNEL names the folder of its kernel, RUSTYRAIL_NETMAP_KO
/// the module (docs/operations/virtual-machine.md).
/// </summary>
[Collection(OneLabAtATime.Name)]
public sealed class VirtualMachineTests(ITestOutputHelper output)
{
    private const string KernelVariable = "RUSTYRAIL_VM_KERNEL", ModuleVariable = "RUSTYRAIL_NETMAP_KO";

    private static readonly string? _kernel = Environment.GetEnvironmentVariable(KernelVariable);
    private static readonly string? _module = Environment.GetEnvironmentVariable(ModuleVariable);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(30);

    [SkippableTheory]
    [InlineData("loss", "300000", "20000")]
    [InlineData("cases")]
    [InlineData("test-bed", "netmap", "{module}")]
    [InlineData("test-bed", "af_xdp")]
    public void A_scenario_shows_all_that_it_is_for(string scenario, params string[] arguments)
    {
        Requirements.SkipUnlessMet();
        Skip.If(_kernel is null, $"no kernel for a virtual machine is given ({KernelVariable})");
        Skip.If(_module is null, $"no netmap.ko is given ({ModuleVariable})");
        Command.Run(Path.Combine(Repository.Root, "build.sh"), ["--netmap-load"], bound: _patience).OrFail();
        string[] said = [.. arguments.Select(argument => argument == "{module}" ? _module! : argument)];
        Command run = Command.Run(
            Path.Combine(Repository.Root, "lab", "vm", "run"),
            ["--kernel", _kernel!, "--module", _module!, "--memory", "4096", "--timeout", $"{_patience.TotalSeconds:0}", "--", $"lab/vm/scenarios/{scenario}", .. said],
            bound: _patience + TimeSpan.FromMinutes(1));
        foreach (string line in run.Output.Split('\n').Where(line => line.StartsWith("measured:", StringComparison.Ordinal))) output.WriteLine(line);
        run.OrFail();
    }
}
