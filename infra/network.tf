resource "google_compute_network" "this" {
  name                    = "apexflow"
  auto_create_subnetworks = false

  depends_on = [google_project_service.used]
}

# Direct VPC egress needs an address for each instance, and more during a rollout.
resource "google_compute_subnetwork" "functions" {
  name                     = "apexflow-functions"
  network                  = google_compute_network.this.id
  region                   = var.region
  ip_cidr_range            = "10.8.0.0/20"
  private_ip_google_access = true
}

# AlloyDB has only private addresses, from a range that is peered with Google's network.
resource "google_compute_global_address" "services" {
  name          = "apexflow-services"
  network       = google_compute_network.this.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 20
}

resource "google_service_networking_connection" "services" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
}

# Calls between functions and to Google use the private range, so they count as internal and need no NAT.
resource "google_dns_managed_zone" "private_google" {
  for_each = { run = "run.app.", apis = "googleapis.com." }

  name       = "apexflow-private-${each.key}"
  dns_name   = each.value
  visibility = "private"

  private_visibility_config {
    networks {
      network_url = google_compute_network.this.id
    }
  }
}

resource "google_dns_record_set" "private_google_addresses" {
  for_each = google_dns_managed_zone.private_google

  managed_zone = each.value.name
  name         = "private.${each.value.dns_name}"
  type         = "A"
  ttl          = 300
  rrdatas      = ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"]
}

resource "google_dns_record_set" "private_google_names" {
  for_each = google_dns_managed_zone.private_google

  managed_zone = each.value.name
  name         = "*.${each.value.dns_name}"
  type         = "CNAME"
  ttl          = 300
  rrdatas      = [google_dns_record_set.private_google_addresses[each.key].name]
}

# The sandbox reaches only Google's public keys, to verify its callers. It reaches neither the database nor the
# internet.
resource "google_compute_firewall" "sandbox_google" {
  name               = "apexflow-sandbox-google"
  network            = google_compute_network.this.id
  direction          = "EGRESS"
  priority           = 900
  target_tags        = ["apexflow-sandbox"]
  destination_ranges = ["199.36.153.8/30"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

resource "google_compute_firewall" "sandbox_nothing_else" {
  name               = "apexflow-sandbox-nothing-else"
  network            = google_compute_network.this.id
  direction          = "EGRESS"
  priority           = 1000
  target_tags        = ["apexflow-sandbox"]
  destination_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}
