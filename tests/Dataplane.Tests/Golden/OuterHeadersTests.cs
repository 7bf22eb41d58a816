using RustyRail.Tests.Support.Golden;

namespace Dataplane.Tests.Golden;

/// <summary>The judge of damaged frames knows good from bad.</summary>
public sealed class OuterHeadersTests
{
    [Fact]
    public void Every_frame_that_the_table_lets_leave_is_understood()
    {
        foreach (GoldenFrame frame in GoldenTable.All.SelectMany(one => one.Frames).Where(frame => frame.Expected.Frame != null))
        {
            string? problem = OuterHeaders.Problem(frame.Expected.Sample(), FormOf(frame.Expected));
            Assert.True(problem == null, $"{problem}: {Convert.ToHexString(frame.Expected.Sample()!)}");
        }
    }

    /// <summary>A byte of an outer header that is wrong is noticed, but for those that may have any value.</summary>
    [Fact]
    public void A_damaged_header_is_noticed()
    {
        foreach (GoldenForm form in GoldenForm.All.Where(form => form.IsTunnel))
        {
            foreach (GoldenServer server in GoldenServer.EitherFamily)
            {
                byte[] frame = Sent.As(form, Unstated.Sample(server)).Then(Cast.Tcp4()).Build();
                Assert.Null(OuterHeaders.Problem(frame, form.Word));
                int unnoticed = 0, headers = 14 + form.Overhead(server);
                for (int at = 0; at < headers; at++)
                {
                    byte[] damaged = [.. frame];
                    damaged[at] ^= 0x55;
                    if (OuterHeaders.Problem(damaged, form.Word) == null) unnoticed++;
                }

                // Over IPv6: hop limit and, with GRE, its reserved bits and the label are nobody's to check.
                Assert.InRange(unnoticed, 0, server.IsIpv6 ? 6 : 2);
            }
        }
    }

    private static string? FormOf(GoldenExpectation expected) => expected.Service is not { } service ? null
        : GoldenForm.All.FirstOrDefault(form => service.StartsWith($"{form.Word}-", StringComparison.Ordinal) || service.EndsWith($"-{form.Word}", StringComparison.Ordinal))?.Word
            ?? (service.StartsWith("forms6-tls", StringComparison.Ordinal) ? "ipip" : "gre");
}
