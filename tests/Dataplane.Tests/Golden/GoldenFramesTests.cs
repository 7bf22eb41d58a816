using RustyRail.Tests.Support.Golden;

namespace Dataplane.Tests.Golden;

/// <summary>The table's own frames, judged by an analyser that knows neither the builder nor the balancer.</summary>
public sealed class GoldenFramesTests
{
    private static readonly Dictionary<string, string> _layersOf = new()
    {
        ["gre"] = "gre", ["ipip"] = "", ["l2"] = "", ["gue"] = "udp", ["vxlan"] = "udp:vxlan:eth:ethertype", ["geneve"] = "udp:geneve:eth:ethertype",
    };

    [SkippableFact]
    public void What_leaves_is_well_formed_and_every_checksum_right() => AssertClean(one => one.Frames.Select(frame => frame.Expected.Sample()).OfType<byte[]>());

    [SkippableFact]
    public void What_is_to_be_forwarded_or_answered_came_well_formed() => AssertClean(one => one.Frames.Where(frame => frame.Expected.Leaves).Select(frame => frame.Input));

    [SkippableFact]
    public void What_is_said_to_be_flawed_is()
    {
        GoldenCase[] flawed = [.. GoldenTable.All.Where(one => one.IsFlawed && one.Name.Contains("checksum", StringComparison.Ordinal) && !one.Name.Contains("without", StringComparison.Ordinal))];
        Assert.NotEmpty(flawed);
        Dictionary<int, string> complaints = Tshark.Complaints(flawed.Select(one => one.Frames[0].Expected.Sample()!));
        Assert.Equal(Enumerable.Range(1, flawed.Length), complaints.Keys.Order());
    }

    /// <summary>Its names of the layers of each form, either family inside and outside.</summary>
    [SkippableFact]
    public void Each_send_form_is_what_it_is_called()
    {
        (GoldenCase Case, string Layers)[] expected =
        [
            .. from form in GoldenForm.All
               from isIpv6 in Cast.EitherFamily
               from server in GoldenServer.EitherFamily
               let service = GoldenCatalogues.FormService(form, isIpv6, server)
               let one = GoldenForms.Cases.First(one => one.Frames[0].Expected.Service == service)
               let inner = form == GoldenForm.Gue ? "data" : $"{(isIpv6 ? "ipv6" : "ip")}:tcp:data"
               let outer = form.IsTunnel ? server.IsIpv6 ? "ipv6" : "ip" : ""
               select (one, string.Join(':', new[] { "eth:ethertype", outer, _layersOf[form.Word], inner }.Where(part => part.Length > 0))),
        ];
        Assert.Equal(expected.Select(row => row.Layers), Tshark.Layers(expected.Select(row => row.Case.Frames[0].Expected.Sample()!)));
    }

    private static void AssertClean(Func<GoldenCase, IEnumerable<byte[]>> framesOf)
    {
        (GoldenCase Case, byte[] Frame)[] all = [.. GoldenTable.All.Where(one => !one.IsFlawed).SelectMany(one => framesOf(one).Select(frame => (one, frame)))];
        Assert.True(all.Length > 500);
        Dictionary<int, string> complaints = Tshark.Complaints(all.Select(one => one.Frame));
        Assert.True(complaints.Count == 0, string.Join('\n', complaints.Select(one => $"{all[one.Key - 1].Case}: {one.Value}: {Convert.ToHexString(all[one.Key - 1].Frame)}")));
    }
}
