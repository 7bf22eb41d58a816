namespace RustyRail.Lab.GreRouter.Following;

/// <param name="Lab">State directory of the lab; each balancer's region and admin socket are in NAME/run there.</param>
/// <param name="Command">The lab's own program, which knows how to set a route.</param>
internal sealed record FollowOptions(string Lab, string Command, IReadOnlyList<string> Balancers)
{
    private const string Usage = "gre-router follow --lab DIR --command LAB BALANCER...";

    /// <summary>Null: <paramref name="problem"/> says why.</summary>
    public static FollowOptions? Parse(ReadOnlySpan<string> arguments, out string problem)
    {
        problem = Usage;
        return arguments is ["--lab", var lab, "--command", var command, _, ..] ? new FollowOptions(lab, command, arguments[4..].ToArray()) : null;
    }
}
