using System.Collections.Immutable;
using System.Net;
using System.Text;
using CsCheck;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace Property.Tests.Contract;

public sealed class SpecificationRoundTripTests
{
    private static readonly Gen<string> Names = Gen.Char["abcXYZ019._-"].Array[1, 12].Select(characters => new string(characters));

    private static readonly Gen<string> Paths = Gen.Char[(char)33, (char)126].Array[0, 20].Select(characters => "/" + new string(characters));

    private static readonly Gen<HealthSpec> Checks =
        from type in Gen.OneOf(BuiltFeatures.Checks)
        from port in Gen.Int[1, 65535]
        from path in Paths
        from timeout in Gen.Int[10, 100_000]
        from longer in Gen.Int[100, 3_000_000]
        from rise in Gen.Int[1, 100]
        from fall in Gen.Int[1, 100]
        select type == HealthCheckType.None
            ? HealthSpec.None
            : new HealthSpec(
                type,
                HealthRules.UsesPort(type) ? port : 0,
                HealthRules.UsesPath(type) ? path : "",
                ProbePath.Direct,
                TimeSpan.FromMilliseconds(timeout + longer),
                TimeSpan.FromMilliseconds(timeout),
                rise,
                fall);

    // Addresses count up, since they are unique within a pool.
    private static readonly Gen<PoolSpec> Pools =
        from name in Names
        from size in Gen.OneOf(7, 65537, 655373)
        from health in Checks
        from minHealthy in Gen.Int[0, 65535]
        from backends in Gen.Select(Names, Gen.Int[1, BackendSpec.MaxWeight], Gen.Enum<BackendState>()).Array[0, 8]
        select new PoolSpec(
            new PoolId(name),
            size,
            health,
            minHealthy,
            OnTooFew.KeepAll,
            backends
                .DistinctBy(backend => backend.Item1)
                .Select((backend, i) => new BackendSpec(new BackendId(new PoolId(name), backend.Item1), Address(i), backend.Item2, backend.Item3))
                .ToImmutableSortedDictionary(backend => backend.Id, backend => backend));

    private static readonly Gen<long> Macs = Gen.Long[1, 0xFFFF_FFFF_FFFF].Where(MacText.IsOneDevice);

    private static readonly Gen<(SendForm Send, OverlaySpec? Overlay)> Sends =
        from send in Gen.OneOf(BuiltFeatures.SendForms)
        from vni in Gen.Int[0, OverlaySpec.MaxVni]
        from destination in Macs
        from source in Macs
        select (send, ServiceRules.UsesOverlay(send) ? new OverlaySpec(vni, destination, source) : null);

    private static readonly Gen<int> Clamps = Gen.OneOf(Gen.Const(0), Gen.Int[ServiceSpec.MinMssClamp, ServiceSpec.MaxMssClamp]);

    private static readonly Gen<CatalogueSpec> Catalogues =
        from pools in Pools.Array[1, 6]
        from services in Gen.Select(Names, Gen.OneOf(8, 1, 0), Gen.OneOf(BuiltFeatures.Protocols), Gen.UShort[1, 65534], Gen.OneOf(BuiltFeatures.Affinities), Sends, Clamps).Array[0, 8]
        select new CatalogueSpec(
            pools.DistinctBy(pool => pool.Id).ToImmutableSortedDictionary(pool => pool.Id, pool => pool),
            services
                .DistinctBy(service => service.Item1)
                .Select((service, i) => Service(service.Item1, Vip(i, service.Item2), service.Item3, service.Item4, pools[i % pools.Length].Id, service.Item5) with
                {
                    Send = service.Item6.Send,
                    Overlay = service.Item6.Overlay,
                    MssClamp = service.Item3 is Protocol.Tcp or Protocol.Any ? service.Item7 : 0,
                })
                .ToImmutableSortedDictionary(service => service.Id, service => service));

    [Fact]
    public void A_catalogue_survives_its_own_text() => Catalogues.Sample(spec =>
    {
        string text = SpecificationWriter.Write(spec);
        ParsedSpecification parsed = SpecificationParser.Parse(Encoding.UTF8.GetBytes(text), "services.json", SpecificationLimits.Default);

        Assert.Empty(parsed.Errors);
        AssertEqual(spec, parsed.Spec!);
        Assert.Equal(text, SpecificationWriter.Write(parsed.Spec!));
        Assert.Equal(SpecificationDigest.Of(spec), SpecificationDigest.Of(parsed.Spec!));
    });

    [Fact]
    public void Any_bytes_give_a_catalogue_or_errors_and_never_throw() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        ParsedSpecification parsed = SpecificationParser.Parse(bytes, "services.json", SpecificationLimits.Default);
        Assert.Equal(parsed.Spec is null, !parsed.Errors.IsEmpty);
    });

    [Fact]
    public void A_damaged_file_gives_a_catalogue_or_errors_and_never_throws() => Gen.Select(Catalogues, Gen.Int[0, 10_000], Gen.Byte).Sample((spec, at, damage) =>
    {
        byte[] text = Encoding.UTF8.GetBytes(SpecificationWriter.Write(spec));
        text[at % text.Length] = damage;
        ParsedSpecification parsed = SpecificationParser.Parse(text, "services.json", SpecificationLimits.Default);
        Assert.Equal(parsed.Spec is null, !parsed.Errors.IsEmpty);
        Assert.All(parsed.Errors, error => Assert.DoesNotContain('\n', error.ToString()));
    });

    // Families by turns.
    private static IPAddress Address(int i) => i % 2 == 0 ? new IPAddress([192, 0, 2, (byte)i]) : IPAddress.Parse($"2001:db8::{i}");

    private static IPNetwork Vip(int i, int open) => i % 2 == 0 ? new(new IPAddress([10, 1, (byte)i, 0]), 32 - open) : new(IPAddress.Parse($"2001:db8:1::{i}:0"), 128 - open);

    private static ServiceSpec Service(string name, IPNetwork vip, Protocol protocol, ushort port, PoolId pool, Affinity affinity)
    {
        PortRange ports = protocol is Protocol.Tcp or Protocol.Udp ? new PortRange(port, (ushort)Math.Max(port, port * 2 % 65536)) : PortRange.Any;
        return new ServiceSpec(new ServiceId(name), vip, protocol, ports, pool, SendForm.Gre, affinity);
    }

    // Records compare their dictionaries by reference.
    private static void AssertEqual(CatalogueSpec expected, CatalogueSpec actual)
    {
        Assert.Equal(expected.Services.Values, actual.Services.Values);
        Assert.Equal(expected.Pools.Keys, actual.Pools.Keys);
        foreach (PoolSpec pool in expected.Pools.Values)
        {
            PoolSpec read = actual.Pools[pool.Id];
            Assert.Equal(pool.Backends.Values, read.Backends.Values);
            Assert.Equal(pool with { Backends = read.Backends }, read);
        }
    }
}
