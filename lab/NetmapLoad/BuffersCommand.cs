using System.CommandLine;
using RustyRail.Dataplane.Ports.Netmap;

namespace RustyRail.Lab.NetmapLoad;

/// <summary><c>buffers</c>: how many buffers of netmap's common memory are nobody's: the same number before and after a run, or some were lost.</summary>
internal static class BuffersCommand
{
    private const uint MoreThanThereAre = 10_000_000;
    private const ushort CommonMemory = 1;

    public static Command Create()
    {
        Command command = new("buffers", "Print how many netmap buffers are free");
        command.SetAction(_ =>
        {
            Console.WriteLine(NetmapBinding.CountFreeBuffers(CommonMemory, MoreThanThereAre));
            return 0;
        });
        return command;
    }
}
