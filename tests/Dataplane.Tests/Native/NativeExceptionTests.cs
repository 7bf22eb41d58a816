using RustyRail.Dataplane.Native;

namespace Dataplane.Tests.Native;

public sealed class NativeExceptionTests
{
    [Fact]
    public void A_failed_call_names_itself_and_the_error()
    {
        NativeException e = Assert.Throws<NativeException>(() => SafeFd.Take(Libc.open("/nonexistent/rrt", Libc.O_RDONLY, 0), "open(/nonexistent/rrt)"));
        Assert.Equal(Errno.ENOENT, e.Errno);
        Assert.Equal("open(/nonexistent/rrt): No such file or directory (ENOENT)", e.Message);
    }

    [Fact]
    public void An_unusual_error_number_is_still_shown() => Assert.Contains("errno 85", Errno.Explain(85), StringComparison.Ordinal);

    [Fact]
    public void A_mapping_that_cannot_be_made_says_of_what()
    {
        NativeException e = Assert.Throws<NativeException>(() => MappedRegion.Anonymous(nuint.MaxValue >> 1, "test frames"));
        Assert.StartsWith("mmap of test frames", e.Message, StringComparison.Ordinal);
    }
}
