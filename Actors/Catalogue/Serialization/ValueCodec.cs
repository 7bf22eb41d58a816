using System.Net;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Catalogue.Serialization;

/// <summary>
/// What an entry says, as bytes; the id is beside it and not repeated. Times are in microseconds. Enums are their numbers, which are never reused.
/// Fields are in order and only ever added at the end; those at the end that say nothing are left out, so that an entry without them keeps the bytes
/// that it had before they came.
/// </summary>
internal static class ValueCodec
{
    // 0 in its place means none: for fields that come behind.
    private const byte HasOverlay = 1;

    public static byte[] Encode(EntryValue value)
    {
        var writer = new EntryWriter();
        switch (value)
        {
            case PoolEntry pool: Write(writer, pool.Settings); break;
            case BackendEntry backend: Write(writer, backend.Backend); break;
            case ServiceEntry service: Write(writer, service.Service); break;
        }

        return writer.ToArray();
    }

    public static EntryValue Decode(EntryId id, ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        return id.Kind switch
        {
            EntryKind.Pool => new PoolEntry(ReadPool(ref reader, new PoolId(id.Pool))),
            EntryKind.Backend => new BackendEntry(new BackendSpec(
                new BackendId(new PoolId(id.Pool), id.Name), reader.Address(), reader.Count(), (BackendState)reader.Byte())),
            EntryKind.Service => new ServiceEntry(ReadService(ref reader, new ServiceId(id.Name))),
            _ => throw new FormatException($"an entry of kind {(byte)id.Kind}"),
        };
    }

    private static void Write(EntryWriter writer, PoolSpec pool)
    {
        writer.Number(pool.TableSize);
        writer.Byte((byte)pool.Health.Type);
        writer.Number(pool.Health.Port);
        writer.Text(pool.Health.Path);
        writer.Byte((byte)pool.Health.Via);
        writer.Number(Microseconds(pool.Health.Interval));
        writer.Number(Microseconds(pool.Health.Timeout));
        writer.Number(pool.Health.Rise);
        writer.Number(pool.Health.Fall);
        writer.Number(pool.MinHealthy);
        writer.Byte((byte)pool.OnTooFew);
    }

    private static PoolSpec ReadPool(ref EntryReader reader, PoolId id)
    {
        int tableSize = reader.Count();
        var health = new HealthSpec(
            (HealthCheckType)reader.Byte(), reader.Count(), reader.Text(), (ProbePath)reader.Byte(),
            Time(reader.Number()), Time(reader.Number()), reader.Count(), reader.Count());
        return new PoolSpec(id, tableSize, health, reader.Count(), (OnTooFew)reader.Byte(), CatalogueProjection.NoBackends);
    }

    private static void Write(EntryWriter writer, BackendSpec backend)
    {
        writer.Address(backend.Address);
        writer.Number(backend.Weight);
        writer.Byte((byte)backend.State);
    }

    private static void Write(EntryWriter writer, ServiceSpec service)
    {
        writer.Address(service.Vip.BaseAddress);
        writer.Number(service.Vip.PrefixLength);
        writer.Byte((byte)service.Protocol);
        writer.Number(service.Ports.From);
        writer.Number(service.Ports.To);
        writer.Text(service.Pool.Name);
        writer.Byte((byte)service.Send);
        writer.Byte((byte)service.Affinity);
        if (service.Overlay is null && service.MssClamp == 0) return;
        writer.Number(service.MssClamp);
        if (service.Overlay is not { } overlay) return;
        writer.Byte(HasOverlay);
        writer.Number(overlay.Vni);
        writer.Number(overlay.Destination);
        writer.Number(overlay.Source);
    }

    private static ServiceSpec ReadService(ref EntryReader reader, ServiceId id) => ReadFirstFields(ref reader, id) with
    {
        MssClamp = reader.AtEnd ? 0 : reader.Count(),
        Overlay = reader.AtEnd || reader.Byte() != HasOverlay ? null : new OverlaySpec(reader.Count(), reader.Number(), reader.Number()),
    };

    private static ServiceSpec ReadFirstFields(ref EntryReader reader, ServiceId id) => new(
        id,
        new IPNetwork(reader.Address(), reader.Count()),
        (Contract.Specification.Protocol)reader.Byte(),
        new PortRange((ushort)reader.Count(), (ushort)reader.Count()),
        new PoolId(reader.Text()),
        (SendForm)reader.Byte(),
        (Affinity)reader.Byte());

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static TimeSpan Time(long microseconds) => new(checked(microseconds * TimeSpan.TicksPerMicrosecond));
}
