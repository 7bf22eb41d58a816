using System.Net.Sockets;
using Akka.Cluster;
using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Formation;
using RustyRail.Actors.Membership;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Catalogue;

/// <summary>
/// Which format of the cluster (<see cref="ClusterFormat"/>) the catalogue asks of every node. An older program would forward by an entry that it does not
/// understand, and drop fields from it whenever it passes it on. So such entries are refused while an older node is a member, and older nodes are kept out
/// once there are any (DoorActor).
/// </summary>
internal static class CatalogueFormat
{
    private const int Ipv4AndGre = 1;
    private const int Ipv6AndAllSendForms = 2;

    public static int NeededBy(CatalogueEntries entries) => entries.Map.Values.Select(entry => NeededBy(entry.Value)).DefaultIfEmpty(Ipv4AndGre).Max();

    /// <returns>null when every member understands the edit.</returns>
    public static string? Refusal(CatalogueEdit edit, IEnumerable<Member> members)
    {
        Member? oldest = members.MinBy(ClusterFormat.Of);
        if (oldest is null) return null;
        foreach ((EntryId id, Entry entry) in edit.Entries.Map)
        {
            if (NeededBy(entry.Value) > ClusterFormat.Of(oldest))
                return $"{ChangeWords.NameOf(id)}: {MembershipView.NameOf(oldest)} has an older rustyrail, which knows no IPv6, no mssClamp and no send form but gre; upgrade it first";
        }

        return null;
    }

    private static int NeededBy(EntryValue? value) => value switch
    {
        BackendEntry { Backend.Address.AddressFamily: AddressFamily.InterNetworkV6 } => Ipv6AndAllSendForms,
        ServiceEntry { Service: var service } when service.Send != SendForm.Gre || service.Overlay is not null || service.MssClamp != 0
            || service.Vip.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 => Ipv6AndAllSendForms,
        _ => Ipv4AndGre,
    };
}
