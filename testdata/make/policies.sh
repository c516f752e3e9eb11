# Cases of certificate policies (RFC 5280 §6.1, RFC 9618). 2.999.2.1 is the policy of most certificates here.

# policy_chain POLICIES-OF-CA POLICIES-OF-TARGET NUMBER [LINE]: an issuing CA and a target that assert these; LINE is a
# further extension of the CA, and without policies there is no certificatePolicies.
policy_chain() {
    issuing_ca "$(asserted "$1")"$'\n'"${4-}" serial="D$3"
    target_with "$(asserted "$2")" issuer="$here_case/intermediates.pem" serial="C$3"
}

asserted() { [[ -z $1 ]] || echo "certificatePolicies = $1"; }

case_policy_required_by_ca() {
    policy_chain 2.999.2.1 2.999.2.1 056 'policyConstraints = critical, requireExplicitPolicy:0'
    mv "$here_case/target.pem" "$here_case/target-with-policy.pem"
    under_own_intermediate serial=C156
}

# The number is of further certificates, so that it falls to zero only after the target.
case_policy_required_one_below() {
    policy_chain 2.999.2.1 '' 057 'policyConstraints = critical, requireExplicitPolicy:1'
}

case_policy_not_acceptable() { policy_chain 2.999.2.1 2.999.2.1 058; }

case_policy_missing_in_ca() { policy_chain '' 2.999.2.1 059; }

case_policy_mapped() { policy_chain 2.999.2.1 2.999.2.101 060 'policyMappings = critical, 2.999.2.1:2.999.2.101'; }

case_policy_mapping_inhibited() {
    {
        authority_extensions
        asserted 2.999.2.1
        echo 'policyConstraints = critical, requireExplicitPolicy:0, inhibitPolicyMapping:0'
    } | policy_tier serial=D061
    { authority_extensions; asserted 2.999.2.1; echo 'policyMappings = critical, 2.999.2.1:2.999.2.101'; } |
        issuing_tier serial=D161
    tiers
    target_with "$(asserted 2.999.2.101)" issuer="$here_case/intermediates.pem" serial=C061
}

case_policy_mapping_of_any_policy() {
    policy_chain 2.5.29.32.0 2.999.2.101 062 'policyMappings = critical, 2.5.29.32.0:2.999.2.101'
}

case_any_policy() { policy_chain 2.5.29.32.0 2.999.2.1 063; }

case_any_policy_inhibited() {
    policy_chain 2.999.2.1 2.5.29.32.0 064 $'policyConstraints = critical, requireExplicitPolicy:0\ninhibitAnyPolicy = critical, 0'
}

# The CA at which it is lost stands in the middle.
case_policy_lost_on_the_way() {
    { authority_extensions; asserted 2.999.2.1; } | policy_tier serial=D065
    { authority_extensions; asserted 2.999.2.2; } | issuing_tier serial=D165
    tiers
    target_with "$(asserted 2.999.2.1,2.999.2.2)" issuer="$here_case/intermediates.pem" serial=C065
}

case_policy_required_by_anchor() {
    { anchor_extensions; echo 'policyConstraints = critical, requireExplicitPolicy:0'; } | own_anchor serial=A066
    intermediates issuing-ca
    target serial=C066
}
