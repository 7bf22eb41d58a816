using System.Globalization;
using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>
/// The loaded program with its maps. Both stay in the kernel for as long as the program is attached: packets are taken apart also while no
/// process lives, and the next one finds them by the program's id.
/// </summary>
internal sealed class DecapProgram : IDisposable
{
    public const string NamePrefix = "rr_decap_";

    private readonly BpfProgram _program;

    private DecapProgram(BpfProgram program, DecapMaps maps)
    {
        _program = program;
        Maps = maps;
        Id = program.ReadId();
    }

    /// <summary>Ends in a digest of code and maps: another version is another name, without anyone having to remember it.</summary>
    public static string Name { get; } = NamePrefix + Digest();

    public DecapMaps Maps { get; }

    public int Fd => _program.Fd;

    public uint Id { get; }

    public static DecapProgram Create()
    {
        List<BpfMap> maps = [];
        try
        {
            foreach (BpfMapShape shape in DecapMaps.Shapes) maps.Add(BpfMap.Create(shape));
            return new DecapProgram(BpfProgram.LoadXdp(DecapCode.Assemble(maps[0].Fd, maps[1].Fd, maps[2].Fd, maps[3].Fd), Name), DecapMaps.Of(maps));
        }
        catch
        {
            foreach (BpfMap map in maps) map.Dispose();
            throw;
        }
    }

    /// <summary>Null when the program is of another version. Otherwise the program belongs to the result.</summary>
    public static DecapProgram? Adopt(BpfProgram program)
    {
        (string name, uint[] mapIds) = program.Describe();
        if (name != Name) return null;
        List<BpfMap> found = [.. mapIds.Select(BpfMap.OpenById)];
        List<BpfMap> maps = [];
        foreach (BpfMapShape shape in DecapMaps.Shapes)
        {
            // The kernel adds flags of its own to some maps, so flags are not compared.
            if (found.Find(map => map.Shape with { Flags = shape.Flags } == shape) is { } map) maps.Add(map);
        }

        if (maps.Count == DecapMaps.Shapes.Length) return new DecapProgram(program, DecapMaps.Of(maps));
        foreach (BpfMap map in found) map.Dispose();
        return null;
    }

    public void Dispose()
    {
        _program.Dispose();
        Maps.Dispose();
    }

    private static string Digest()
    {
        uint hash = 2166136261; // FNV-1a
        foreach (byte b in MemoryMarshal.AsBytes(DecapCode.Assemble(0, 0, 0, 0).AsSpan())) hash = (hash ^ b) * 16777619;
        foreach (BpfMapShape shape in DecapMaps.Shapes)
        {
            foreach (uint number in (uint[])[shape.Type, shape.KeyBytes, shape.ValueBytes, shape.Capacity]) hash = (hash ^ number) * 16777619;
        }

        return (hash >> 12).ToString("x5", CultureInfo.InvariantCulture);
    }
}
