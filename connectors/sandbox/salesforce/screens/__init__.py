"""What people open and press: deployed list views, quick actions, reports and dashboards, worked out for who asks."""
