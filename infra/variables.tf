variable "alert_email" {
  description = "E-mail address for alerts. Empty: alerts are shown in the console only."
  type        = string
  default     = ""
}

variable "database" {
  description = "Size of the AlloyDB primary. REGIONAL fails over between zones automatically and costs twice as much as ZONAL."
  type = object({
    cpu_count         = optional(number, 2)
    availability_type = optional(string, "ZONAL")
  })
  default = {}
}

variable "default_model" {
  description = "The model when the tenant has configured none, as provider/model. Empty: the default of the code."
  type        = string
  default     = ""
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete resources that contain data."
  type        = bool
  default     = true
}

variable "domain" {
  description = "The host name of the product. Its DNS record must point to the output `address`."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9.-]+\\.[a-z]{2,}$", var.domain))
    error_message = "The domain is a host name without scheme and path."
  }
}

variable "git_hosts" {
  description = "Hosts of the repositories that runs may push to. `owner/name` means the first host. Empty: github.com."
  type        = list(string)
  default     = []
}

variable "image" {
  description = "The image of new services, with its digest. The pipeline sets later images, which Terraform ignores."
  type        = string
}

variable "project_id" {
  description = "The Google Cloud project."
  type        = string
}

variable "region" {
  description = "The region of functions, queues and the database."
  type        = string
  default     = "us-central1"
}

variable "requests_per_minute" {
  description = "Requests per minute of one address before the load balancer answers 429. The functions have their own, lower limits."
  type        = number
  default     = 1200
}

variable "sandbox_image" {
  description = "The image of the services that run the team's commands and code, with its digest."
  type        = string
}

variable "secret_values" {
  description = "Values of secrets by the environment variable that they become. A key that is left out is not mounted."
  type        = map(string)
  sensitive   = true

  validation {
    condition = alltrue([
      for name in ["ALLOYDB_ADMIN_PASSWORD", "ALLOYDB_PASSWORD", "CURSOR_SECRET"] :
      length(lookup(var.secret_values, name, "")) >= 24
    ])
    error_message = "ALLOYDB_ADMIN_PASSWORD, ALLOYDB_PASSWORD and CURSOR_SECRET are needed, each with 24 characters or more."
  }
}
