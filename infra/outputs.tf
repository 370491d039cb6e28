output "address" {
  description = "The IP address for the domain's DNS record."
  value       = google_compute_global_address.edge.address
}

output "image_repository" {
  description = "Where the pipeline pushes images."
  value       = "${google_artifact_registry_repository.images.location}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

output "migration_job" {
  description = "The job that the pipeline runs before it deploys."
  value       = google_cloud_run_v2_job.migrate.name
}
