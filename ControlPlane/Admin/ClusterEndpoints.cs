using static RustyRail.Actors.Protocol.MembershipProtocol;

namespace RustyRail.ControlPlane.Admin;

/// <summary>The cluster's members, and the one change that an operator makes to them.</summary>
internal static class ClusterEndpoints
{
    public static void MapCluster(this IEndpointRouteBuilder routes, Pipeline pipeline)
    {
        routes.MapGet(AdminPaths.Cluster, async () => Results.Json(StatusReport.Cluster(await pipeline.MembershipAsync()), AdminJson.Readable.ClusterStatus));
        routes.MapDelete(AdminPaths.ClusterNode, async (string node, bool? force) => await pipeline.ForgetAsync(new ForgetNode(node, force ?? false)) switch
        {
            NodeForgotten => Results.Json(StatusReport.Cluster(await pipeline.MembershipAsync()), AdminJson.Readable.ClusterStatus),
            NodeNotForgotten refused => Results.Json(new ChangeRefused([refused.Reason]), AdminJson.Readable.ChangeRefused, statusCode: StatusCodes.Status422UnprocessableEntity),
            object other => throw new InvalidOperationException($"membership answered {other.GetType().Name}"),
        });
    }
}
