using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using RustyRail.Contract.Region;

namespace RustyRail.Contract.Snapshots;

/// <summary>Typed pointers into one snapshot slot. Plain memory: whoever holds it must have the generation pinned, or be its writer.</summary>
internal readonly unsafe struct SnapshotView
{
    private readonly byte* _start;

    public readonly SnapshotHeader* Header;
    public readonly ServiceRecord* Services;
    public readonly PoolRecord* Pools;
    public readonly BackendRecord* Backends;
    public readonly RouterEntry* Routers;
    public readonly ExactEntry* Exact;
    public readonly VipEntry* Vips;
    public readonly RuleEntry* Rules;
    public readonly NameRecord* ServiceNames;
    public readonly NameRecord* PoolNames;
    public readonly NameRecord* BackendNames;
    public readonly uint ExactMask, VipMask;

    public SnapshotView(byte* start, in SnapshotLayout layout)
    {
        _start = start;
        Header = (SnapshotHeader*)start;
        Services = (ServiceRecord*)(start + layout.Services);
        Pools = (PoolRecord*)(start + layout.Pools);
        Backends = (BackendRecord*)(start + layout.Backends);
        Routers = (RouterEntry*)(start + layout.Routers);
        Exact = (ExactEntry*)(start + layout.Exact);
        Vips = (VipEntry*)(start + layout.Vips);
        Rules = (RuleEntry*)(start + layout.Rules);
        ServiceNames = (NameRecord*)(start + layout.ServiceNames);
        PoolNames = (NameRecord*)(start + layout.PoolNames);
        BackendNames = (NameRecord*)(start + layout.BackendNames);
        ExactMask = (uint)layout.ExactSlots - 1;
        VipMask = (uint)layout.VipSlots - 1;
    }

    public bool IsNone => _start == null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ExactHash(in IpKey vip, byte protocol, ushort port) => Mix(vip.High ^ vip.Low ^ ((ulong)port << 16) ^ protocol);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint VipHash(in IpKey vip) => Mix(vip.High ^ vip.Low);

    // Operators choose these keys, not clients: one multiplication spreads them well enough. Its high half is needed too: the last byte of
    // an IPv4 address is the value's top byte, which moves nothing else in the low half.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mix(ulong value)
    {
        ulong high = Math.BigMul(value, 0x9E37_79B9_7F4A_7C15, out ulong low);
        return (uint)((high ^ low) >> 24);
    }

    public BackendId BackendIdOf(int slot) => new(new PoolId(Text(PoolNames + Backends[slot].Pool)), Text(BackendNames + slot));

    public static string Text(NameRecord* name)
    {
        ReadOnlySpan<byte> bytes = new(name->Text, NameRecord.MaxBytes);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    public static void SetText(NameRecord* name, string text)
    {
        Span<byte> bytes = new(name->Text, sizeof(NameRecord));
        bytes.Clear();
        Encoding.UTF8.GetBytes(text, bytes[..NameRecord.MaxBytes]);
    }
}
