using System.Buffers.Binary;
using System.Text;
using RustyRail.Contract.Maglev;
using RustyRail.Contract.Specification;

namespace RustyRail.Contract.Snapshots;

/// <summary>From specification to the record that workers read.</summary>
internal static unsafe class ServiceRecords
{
    private const int MacBytes = 6;

    public static ServiceRecord From(ServiceSpec service, ushort pool)
    {
        ServiceRecord record = new()
        {
            Vip = IpKey.From(service.Vip.BaseAddress),
            PrefixBits = (byte)IpKey.MappedBits(service.Vip),
            Protocol = (byte)service.Protocol,
            PortFrom = service.Ports.From,
            PortTo = service.Ports.To,
            Pool = pool,
            Send = (byte)service.Send,
            Affinity = (byte)service.Affinity,
            State = SlotState.InUse,
            NameHash = NameHash(service.Id),
            MssClamp = (ushort)service.MssClamp,
        };
        if (service.Overlay is not { } overlay) return record;
        record.VniRaw = BinaryPrimitives.ReverseEndianness((uint)overlay.Vni << 8);
        WriteMac(overlay.Destination, new Span<byte>(record.InnerMacs, MacBytes));
        WriteMac(overlay.Source, new Span<byte>(record.InnerMacs + MacBytes, MacBytes));
        return record;
    }

    private static void WriteMac(long mac, Span<byte> into)
    {
        for (int i = 0; i < MacBytes; i++) into[i] = (byte)(mac >> (8 * (MacBytes - 1 - i)));
    }

    private static uint NameHash(ServiceId id)
    {
        SipHash24 hash = new(0, 0);
        hash.Append(Encoding.UTF8.GetBytes(id.Name));
        return (uint)hash.Finish();
    }
}
