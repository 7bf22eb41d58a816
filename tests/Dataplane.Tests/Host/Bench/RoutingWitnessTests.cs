using RustyRail.Dataplane.Host.Bench;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;

namespace Dataplane.Tests.Host.Bench;

public sealed unsafe class RoutingWitnessTests
{
    private const int OuterDestinationAt = 30, MacAddressAt = 2;

    private static readonly BenchFrame Frame = BenchFrame.Gre();
    private readonly RoutingWitness _witness = new(Frame, flows: 40_000);

    [Fact]
    public void A_flow_that_goes_elsewhere_is_seen_once_for_each_time()
    {
        See(flow: 1, backend: 5);
        See(flow: 39_999, backend: 6);
        See(flow: 1, backend: 5);
        Assert.Equal((0, 0), (_witness.Rerouted, _witness.Torn));
        See(flow: 1, backend: 6);
        See(flow: 1, backend: 6);
        See(flow: 39_999, backend: 5);
        Assert.Equal((2, 0), (_witness.Rerouted, _witness.Torn));
    }

    [Fact]
    public void A_destination_with_the_next_hop_of_another_is_torn()
    {
        See(flow: 1, backend: 5, nextHop: 6);
        Assert.Equal((0, 1), (_witness.Rerouted, _witness.Torn));
    }

    private void See(uint flow, byte backend, byte? nextHop = null)
    {
        byte[] bytes = [.. Frame.Bytes];
        fixed (byte* data = bytes)
        {
            new FlowVariation(Frame.SourceAddressAt, Frame.SourcePortAt, 1, [flow]).Apply(data);
            data[OuterDestinationAt + 3] = backend;
            new ReadOnlySpan<byte>(data + OuterDestinationAt, 4).CopyTo(new Span<byte>(data + MacAddressAt, 4));
            data[MacAddressAt + 3] = nextHop ?? backend;
            _witness.See(new PacketSlot { Data = data, Length = bytes.Length });
        }
    }
}
